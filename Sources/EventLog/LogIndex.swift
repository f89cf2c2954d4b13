// The index as everybody else sees it: a commit can be looked up from the moment it is durable. Until
// its own thread has stored it in the database, it is found in memory.

internal import Cryptography
internal import EventSourcing
internal import Foundation
internal import SQLite

/// Lookups by stream and by command.
final class LogIndex: Sendable {
  private struct Recent {
    /// Not yet given to the database.
    var pending = IndexEntries()
    /// Being stored just now.
    var storing: IndexEntries?
    var isClosing = false
    var hasStopped = false
    var failure: String?
  }

  private let recent = Monitor(Recent())
  private let reader: Monitor<IndexReader?>

  /// How long to collect commits for one transaction.
  private static let collectingTime = Duration.milliseconds(50)
  /// How many events make a transaction worth while at once.
  private static let transactionEventCount = 5_000

  /// - Parameter database: describes the log up to its end; from here on only the index's own
  /// thread uses it.
  init(database: sending IndexDatabase, path: String) throws(SQLiteError) {
    reader = Monitor(try IndexReader(path: path))
    let handover = Handover(database)
    let thread = Thread { [self] in
      // The database is closed before anybody hears that this thread has ended.
      do { store(handover.take()) }
      recent.update { $0.hasStopped = true }
    }
    thread.name = "log index"
    thread.start()
  }

  /// Makes durable commits visible, at once; blocks while more than `limit` events are not stored.
  func add(limit: Int, _ change: (inout IndexEntries) -> Void) {
    recent.wait(
      until: { $0.pending.eventCount < limit || $0.failure != nil },
      then: { recent in
        // Lookups fail from then on, so nobody would ever see it.
        if recent.failure == nil { change(&recent.pending) }
      })
  }

  func positions(of stream: StreamName, in tenant: TenantID) throws(LogError) -> [Position] {
    let key = StreamKey(tenant: tenant, stream: stream)
    // Memory first: what leaves it in between is found in the database.
    let newer = try recent.withLock { (recent) throws(LogError) in
      if let failure = recent.failure { throw .index(message: failure) }
      return (recent.storing?.positions[key] ?? []) + (recent.pending.positions[key] ?? [])
    }
    var positions = try look { (reader) throws(SQLiteError) in
      try reader.positions(of: stream, in: tenant)
    }
    let last = positions.last
    positions.append(contentsOf: newer.drop { position in last.map { position <= $0 } ?? false })
    return positions
  }

  func outcome(of command: CommandID, in tenant: TenantID) throws(LogError) -> CommandOutcome? {
    let key = CommandKey(tenant: tenant, command: command)
    let newer = try recent.withLock { (recent) throws(LogError) in
      if let failure = recent.failure { throw .index(message: failure) }
      return recent.storing?.outcomes[key] ?? recent.pending.outcomes[key]
    }
    return try look { (reader) throws(SQLiteError) in
      try reader.outcome(of: command, in: tenant)
    } ?? newer
  }

  /// Stores what is left and closes the database.
  func close() {
    // The database's last connection tidies up, and a read-only one cannot.
    reader.update { $0 = nil }
    recent.update { $0.isClosing = true }
    recent.wait(until: { $0.hasStopped }, then: { _ in })
  }

  private func look<R>(
    _ body: (IndexReader) throws(SQLiteError) -> R
  ) throws(LogError) -> R {
    let result = reader.withLock { reader in
      reader.map { reader in Result { () throws(SQLiteError) in try body(reader) } }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw .index(message: error.description)
    case nil: throw .stopped
    }
  }

  private func store(_ database: IndexDatabase) {
    var isClosing = false
    while !isClosing {
      recent.wait(until: { !$0.pending.isEmpty || $0.isClosing }, then: { _ in })
      let entries = recent.wait(
        upTo: LogIndex.collectingTime,
        until: { $0.pending.eventCount >= LogIndex.transactionEventCount || $0.isClosing },
        then: { recent in
          isClosing = recent.isClosing
          recent.storing = recent.pending
          recent.pending = IndexEntries()
          return recent.storing!
        })
      guard !entries.isEmpty else { continue }
      do {
        try database.add(entries)
        recent.update { $0.storing = nil }
      } catch {
        recent.update { $0.failure = "\(error)" }
        isClosing = true
      }
    }
  }
}

/// Carries something to the one thread that uses it from then on.
private final class Handover<Value>: @unchecked Sendable {
  private var value: Value?

  init(_ value: Value) { self.value = value }

  func take() -> Value {
    defer { value = nil }
    return value!
  }
}
