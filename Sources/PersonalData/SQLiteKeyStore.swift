// `keys.sqlite`: wrapped personal keys, one row each. What must hold:
//
// - A row never moves. An erased key is overwritten in place with zeros of the same length, and the
//   write-ahead log is emptied, so that no page and no file holds a copy of it.
// - Every change is synced before the call returns.
// - One process at a time writes the file, because it caches which persons the file holds.

import Dispatch
internal import EventSourcing
import Glibc
public import SQLite
import Synchronization

/// Personal keys in a SQLite file.
public final class SQLiteKeyStore: PersonalKeyStore {
  /// A connection that is used only under a lock.
  private struct Held: @unchecked Sendable {
    // Safe: no reference outlives the lock.
    let database: Database?
  }

  private let writing: Mutex<Held>
  private let reading: Mutex<Database>
  /// `nil` if other processes may write the file.
  private let known: Mutex<KnownPersons?>

  /// - Parameter mode: a file that is opened for reading must exist.
  public convenience init(path: String, mode: Database.Mode) throws {
    try self.init(path: path, mode: mode) {
      DispatchQueue.global(qos: .utility).async(execute: $0)
    }
  }

  /// - Parameter background: runs the reading of the file's persons, now or later, on any thread.
  package init(
    path: String, mode: Database.Mode, background: (@escaping @Sendable () -> Void) -> Void
  ) throws {
    if mode == .readWrite {
      // SQLite gives the files beside it the same permissions, so this file is created first.
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard file >= 0 else {
        throw SQLiteError(
          extendedCode: 14, message: "cannot open \(path): \(String(cString: strerror(errno)))")
      }
      close(file)
      let database = try Database(path: path, mode: .readWrite)
      try database.execute(
        """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        CREATE TABLE IF NOT EXISTS personal_key (
          number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, subject TEXT NOT NULL,
          since INTEGER NOT NULL, master INTEGER NOT NULL, is_erased INTEGER NOT NULL,
          wrapped BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX IF NOT EXISTS personal_key_of ON personal_key (tenant, subject);
        CREATE TABLE IF NOT EXISTS erasure (
          tenant TEXT NOT NULL, subject TEXT NOT NULL, position INTEGER NOT NULL,
          fingerprint TEXT, is_complete INTEGER NOT NULL, PRIMARY KEY (tenant, subject)
        ) STRICT, WITHOUT ROWID;
        """)
      let count = try database.row(
        "SELECT coalesce(max(number), 0) FROM personal_key", row: { $0.int(0) })
      writing = Mutex(Held(database: database))
      known = Mutex(KnownPersons(count: count ?? 0))
    } else {
      writing = Mutex(Held(database: nil))
      known = Mutex(nil)
    }
    reading = Mutex(try Database(path: path, mode: .readOnly))
    if mode == .readWrite {
      background { try? self.getToKnow(in: path) }
    }
  }

  /// Adds all persons of the file; if that fails, every lookup reads the file.
  private func getToKnow(in path: String) throws {
    let database = try Database(path: path, mode: .readOnly)
    let persons = try database.prepare(
      "SELECT tenant, subject FROM personal_key UNION ALL SELECT tenant, subject FROM erasure")
    var isMore = true
    while isMore {
      var some: [Person] = []
      while some.count < 1_000, isMore {
        isMore = try persons.step()
        if isMore { some.append(Person(persons.text(1), of: TenantID(unchecked: persons.text(0)))) }
      }
      known.withLock { known in for person in some { known?.add(person) } }
    }
    known.withLock { $0?.isComplete = true }
  }

  private func remember(_ person: Person) { known.withLock { $0?.add(person) } }

  public func record(of person: Person) throws -> KeyRecord? {
    guard known.withLock({ $0?.mayHold(person) ?? true }) else { return nil }
    return try reading.withLock { database in
      let key = try database.row(
        """
        SELECT since, master, wrapped FROM personal_key
        WHERE tenant = ? AND subject = ? AND is_erased = 0
        """, person.tenant.rawValue, person.subject,
        row: {
          WrappedKey(
            person: person, since: Position(UInt64($0.int(0))), master: $0.int(1), bytes: $0.blob(2)
          )
        })
      if let key { return .key(key) }
      let isErased = try database.row(
        "SELECT 1 FROM erasure WHERE tenant = ? AND subject = ?", person.tenant.rawValue,
        person.subject, row: { _ in true })
      return isErased == nil ? nil : .erased
    }
  }

  public func keep(_ keys: [WrappedKey]) throws {
    for key in keys { remember(key.person) }
    try change { database in
      for key in keys {
        try database.run(
          """
          INSERT INTO personal_key (tenant, subject, since, master, is_erased, wrapped)
          VALUES (?, ?, ?, ?, 0, ?)
          """, key.person.tenant.rawValue, key.person.subject, Int(key.since.value), key.master,
          key.bytes)
      }
    }
  }

  public func erase(_ erasure: KeyErasure) throws {
    remember(erasure.person)
    let (tenant, subject) = (erasure.person.tenant.rawValue, erasure.person.subject)
    try change { database in
      try database.run(
        """
        INSERT INTO erasure VALUES (?, ?, ?, ?, 0)
        ON CONFLICT DO UPDATE SET position = excluded.position, is_complete = 0,
          fingerprint = coalesce(excluded.fingerprint, fingerprint)
        """, tenant, subject, Int(erasure.position.value), erasure.fingerprint)
      try database.run(
        """
        UPDATE personal_key SET is_erased = 1, wrapped = zeroblob(length(wrapped))
        WHERE tenant = ? AND subject = ? AND is_erased = 0
        """, tenant, subject)
    }
    try writing.withLock { try $0.database?.emptyWriteAheadLog() }
  }

  public func markComplete(_ person: Person) throws {
    try change { database in
      try database.run(
        "UPDATE erasure SET is_complete = 1 WHERE tenant = ? AND subject = ?",
        person.tenant.rawValue, person.subject)
    }
  }

  public func isComplete(_ person: Person) throws -> Bool {
    try reading.withLock { database in
      try database.row(
        """
        SELECT 1 FROM erasure WHERE tenant = ?1 AND subject = ?2 AND is_complete = 1
        AND NOT EXISTS (
          SELECT 1 FROM personal_key WHERE tenant = ?1 AND subject = ?2 AND is_erased = 0)
        """, person.tenant.rawValue, person.subject, row: { _ in true }) ?? false
    }
  }

  private func change(_ body: (Database) throws -> Void) throws {
    try writing.withLock { held in
      guard let database = held.database else {
        preconditionFailure("the keys were opened for reading only")
      }
      try database.transaction { try body(database) }
    }
  }
}

extension SQLiteKeyStore {
  /// By tenant, the numbers of keys and of erased persons.
  public func counts() throws -> [KeyCount] {
    try reading.withLock { database in
      try database.rows(
        """
        SELECT tenant, sum(keys), sum(erased) FROM (
          SELECT tenant, 1 - is_erased AS keys, 0 AS erased FROM personal_key
          UNION ALL SELECT tenant, 0, 1 FROM erasure)
        GROUP BY tenant ORDER BY tenant
        """,
        row: {
          KeyCount(
            tenant: TenantID(unchecked: $0.text(0)), keys: $0.int(1), erased: $0.int(2))
        })
    }
  }

  /// Wraps every key again in one transaction, and leaves no copy of the previous wrapping.
  func rewrap(_ wrap: (WrappedKey) throws -> WrappedKey) throws {
    try change { database in
      let keys = try database.rows(
        """
        SELECT tenant, subject, since, master, wrapped FROM personal_key WHERE is_erased = 0
        """,
        row: {
          WrappedKey(
            person: Person($0.text(1), of: TenantID(unchecked: $0.text(0))),
            since: Position(UInt64($0.int(2))), master: $0.int(3), bytes: $0.blob(4))
        })
      for key in keys {
        let wrapped = try wrap(key)
        try database.run(
          "UPDATE personal_key SET master = ?, wrapped = ? WHERE tenant = ? AND subject = ?",
          wrapped.master, wrapped.bytes, key.person.tenant.rawValue, key.person.subject)
      }
    }
    try writing.withLock { held in
      try held.database?.execute("VACUUM")
      try held.database?.emptyWriteAheadLog()
    }
  }

  /// Writes a copy of all keys into a new file.
  public func copy(to path: String) throws {
    try reading.withLock { try $0.run("VACUUM INTO ?", path) }
  }
}

extension Database {
  /// Moves all changes into the database file and empties the write-ahead log.
  ///
  /// - Throws: when another connection reads for longer than the lock timeout.
  fileprivate func emptyWriteAheadLog() throws {
    let isBusy = try row("PRAGMA wal_checkpoint(TRUNCATE)", row: { $0.int(0) != 0 }) ?? true
    if isBusy {
      throw SQLiteError(
        extendedCode: 5,
        message: "another connection reads \(path) and keeps its write-ahead log in use")
    }
  }
}
