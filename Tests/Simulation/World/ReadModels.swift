// The read models of the service on databases in memory, fed from the log up to what is durable, as
// far behind as the simulation likes.

internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events
internal import Projecting
internal import Projections
internal import SQLite

final class ReadModels {
  private let databases: [(readModel: any ReadModel.Type, database: Database)]
  private(set) var checkpoint = Ordinal.first
  /// Where it reads at the moment.
  private var reader: LogReader?

  init() throws {
    databases = try readModels.map { readModel in
      let database = try Database(path: ":memory:", mode: .readWrite)
      try database.execute(readModel.schema)
      return (readModel, database)
    }
  }

  private func database(of wanted: any ReadModel.Type) -> Database {
    guard let found = databases.first(where: { $0.readModel.name == wanted.name }) else {
      preconditionFailure("no read model called \(wanted.name)")
    }
    return found.database
  }

  /// Applies commits below `limit`.
  func follow(
    _ disk: SimulatedDisk, _ folder: String, upTo limit: Ordinal, tell: (RecordedEvent) -> Void
  ) throws {
    guard checkpoint < limit else { return }
    let reader = try self.reader ?? begin(disk, folder)
    // A reader that failed is not asked again.
    self.reader = nil
    try reader.forEachCommit(upTo: limit) { commit in
      try require(
        commit.ordinal == checkpoint, "after commit \(checkpoint) is read \(commit.ordinal)")
      try commit.forEachLine { line in
        let event = try RecordedEvent(line: line)
        try apply(event)
        tell(event)
      }
      checkpoint = commit.ordinal.advanced(by: 1)
      return true
    }
    try require(checkpoint == limit, "a reader ends before \(checkpoint), not before \(limit)")
    self.reader = reader
  }

  private func begin(_ disk: SimulatedDisk, _ folder: String) throws -> LogReader {
    let reader = try LogReader(folder: folder, fileSystem: disk)
    try reader.seek(to: checkpoint)
    return reader
  }

  /// Lets go of the log, to begin anew where it ended.
  func leave() { reader = nil }

  func apply(_ event: RecordedEvent) throws {
    for (readModel, database) in databases where readModel.eventTypes.contains(event.event.type) {
      try readModel.apply(event, to: database)
    }
  }

  func digests() throws -> [String] { try databases.map { try $0.database.contentDigest() } }

  func refundsToExecute(
    after cursor: inout DueWork.Cursor, limit: Int
  ) throws -> [RefundToExecute] {
    try DueWork.refundsToExecute(
      after: &cursor, at: Timestamp(microseconds: 0), limit: limit, in: database(of: DueWork.self))
  }

  /// All refunds that are not over.
  func openExecutions() throws -> [RefundToExecute] {
    var cursor = DueWork.Cursor()
    var all: [RefundToExecute] = []
    while case let page = try refundsToExecute(after: &cursor, limit: 1_000), !page.isEmpty {
      all += page
    }
    return all
  }

  func refundToExecute(_ id: RefundID, of tenant: TenantID) throws -> RefundToExecute? {
    try DueWork.refundToExecute(id, tenant: tenant, in: database(of: DueWork.self))
  }

  /// Captured, executed, reserved and refundable of every order, by tenant and order.
  func balances() throws -> [String: [Int]] {
    let rows = try database(of: OrderBalance.self).rows(
      "SELECT tenant, order_id, captured, executed, reserved, refundable FROM orders",
      row: { ("\($0.text(0))/\($0.text(1))", (2...5).map($0.int)) })
    return Dictionary(uniqueKeysWithValues: rows)
  }
}
