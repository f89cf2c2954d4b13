// Events that Redress wrote, for others to write again: one on each line, the number of its
// command, its stream, type and revision and its JSON, with tabs in between.

import Glibc

/// The events of one command.
struct RecordedCommand: Sendable {
  struct Event: Sendable {
    var stream: String
    var type: String
    var revision: Int
    var json: [UInt8]
  }

  var id: String
  var events: [Event] = []

  static func read(_ path: String) -> [RecordedCommand] {
    guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
    defer { fclose(file) }
    var commands: [RecordedCommand] = []
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    while case let count = getline(&line, &capacity, file), count > 0, let text = line {
      let bytes = UnsafeRawBufferPointer(start: text, count: count - 1)
      let fields = bytes.split(separator: UInt8(ascii: "\t"), maxSplits: 4)
      let words = fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }
      if commands.last?.id != words[0] { commands.append(RecordedCommand(id: words[0])) }
      commands[commands.count - 1].events.append(
        Event(stream: words[1], type: words[2], revision: Int(words[3])!, json: Array(fields[4])))
    }
    free(line)
    return commands
  }
}
