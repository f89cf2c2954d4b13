// What a service gets that keeps its events in a table of its own: SQLite, a write-ahead log that
// is synced at every commit, one row for each event and one transaction for each command.

import Glibc
import SQLite

/// `sqlite file= events= commands=`
func benchmarkSQLite(_ options: inout Options) throws {
  let commands = RecordedCommand.read(options.text("events"))
  let count = options.number("commands")
  let database = try Database(path: options.text("file"), mode: .readWrite)
  try database.execute(
    """
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE event (
      position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL,
      command TEXT NOT NULL, type TEXT NOT NULL, line BLOB NOT NULL, UNIQUE (stream, revision));
    CREATE INDEX event_command ON event (command);
    """)
  let insert = try database.prepare("INSERT INTO event VALUES (NULL, ?, ?, ?, ?, ?)")
  var latencies = Latencies()
  let start = seconds()
  for command in commands.prefix(count) {
    let begin = seconds()
    try database.transaction {
      for event in command.events {
        insert.bind(1, event.stream)
        insert.bind(2, event.revision)
        insert.bind(3, command.id)
        insert.bind(4, event.type)
        insert.bind(5, event.json)
        try insert.run()
      }
    }
    latencies.add(seconds() - begin)
  }
  let time = seconds() - start
  print(
    #"{"seconds":\#(time),"perSecond":\#(Double(min(count, commands.count)) / time),"#
      + "\(latencies.json())}")
}
