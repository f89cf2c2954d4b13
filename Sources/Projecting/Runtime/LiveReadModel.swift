// One read model's file, as the runtime writes it. What must hold: rows and checkpoint change in
// the same transaction, so a read model is always exactly the history up to its checkpoint,
// whenever the process died.

import Cryptography
import ErrorClasses
import EventLog
public import EventSourcing
import Events
import Glibc
import SQLite

/// Where a read model stands.
public struct ProjectionStatus: Sendable, Hashable {
  public var name: String
  public var version: Int
  /// The first commit that is not in it yet.
  public var checkpoint: Ordinal
  /// Why it stopped, with the event it could not apply; `nil` while it goes on.
  public var failure: String?
  /// The passing error that it waits for to end, such as a full disk; `nil` while there is none.
  public var delay: String?
  /// How many steps were delayed since the file was opened.
  public var delayCount = 0
  /// A person was erased, and free pages of the file may still hold personal data.
  public var isForgetting = false
  /// The file that was found at the start was not believed, and this one took its place.
  public var isDistrusted = false
}

final class LiveReadModel {
  let readModel: any ReadModel.Type
  let path: String
  private let purpose: Purpose
  /// Seals the file; `nil` leaves it without a seal.
  private let key: ReadModelKey?
  private var seal: FileSeal?
  /// It takes the place of a file that was not believed.
  private var isDistrusted = false
  private(set) var database: Database
  /// The file that was opened under ``path``.
  let file: FileIdentity?
  private(set) var checkpoint = Ordinal.first
  private(set) var failure: String?
  private(set) var delay: String?
  private var delayCount = 0
  /// The file seemed damaged, as it does after a read that failed, and was not written since: it is
  /// opened again once before it counts as damaged.
  private var isSuspect = false
  /// By tenant, the first position that is not in it yet.
  private(set) var nextPositions: [TenantID: Position] = [:]
  private var touched: Set<TenantID> = []
  /// The revisions of streams that this step changed; written once, when it ends.
  private var revisions: [StreamKey: Revision] = [:]
  /// What a step that fails goes back to.
  private var committed: (checkpoint: Ordinal, nextPositions: [TenantID: Position])
  /// A person was erased since ``forget()`` last came to its end; the file's user_version keeps it.
  private var mustForget = false
  /// The commit that erased a person last, as far as this object has seen it.
  private(set) var lastErasure: Ordinal?
  private var isChanged = false
  /// Notes which event changes which row; `nil` where no caller asked for it.
  private(set) var trace: RowTrace?
  /// The file has a row in `_failure`.
  private var hasNotedFailure = false

  private struct StreamKey: Hashable, Comparable {
    var tenant: TenantID
    var stream: StreamName

    static func < (a: StreamKey, b: StreamKey) -> Bool {
      (a.tenant.rawValue, a.stream.rawValue) < (b.tenant.rawValue, b.stream.rawValue)
    }
  }

  /// Opens the file, or creates it with empty tables.
  ///
  /// - Throws: ``RebuildNeeded`` if the file was written by another version of the read model, or
  ///   is no database any more.
  static func open(
    _ readModel: any ReadModel.Type, path: String, for purpose: Purpose = .serving,
    sealedBy key: ReadModelKey? = nil
  ) throws -> LiveReadModel {
    do { return try LiveReadModel(readModel, path, purpose, key) } catch let error as SQLiteError {
      guard error.isCorrupt else { throw error }
      throw RebuildNeeded(name: readModel.name, reason: "is damaged (\(error.message))")
    }
  }

  /// Opens the file if it fits the read model and the log, and begins anew otherwise.
  static func open(
    _ readModel: any ReadModel.Type, path: String, fitting reader: LogReader,
    sealedBy key: ReadModelKey?, checkingRows: Bool,
    onRebuild: @Sendable (RebuildNeeded) -> Void
  ) throws -> LiveReadModel {
    do {
      let model = try open(readModel, path: path, sealedBy: key)
      try model.found.require(
        model.seal, at: model.checkpoint, toFit: reader, checkingRows: checkingRows)
      return model
    } catch let needed as RebuildNeeded {
      onRebuild(needed)
      try removeForGood(path: path)
      let model = try open(readModel, path: path, sealedBy: key)
      model.isDistrusted = needed.isDistrusted
      return model
    }
  }

  private init(
    _ readModel: any ReadModel.Type, _ path: String, _ purpose: Purpose, _ key: ReadModelKey?
  ) throws {
    self.key = key
    self.readModel = readModel
    self.path = path
    self.purpose = purpose
    committed = (.first, [:])
    Self.create(path)
    database = try Database(path: path, mode: .readWrite)
    file = FileIdentity(path: path)
    try database.execute(purpose.settings)
    try database.transaction {
      let isNew = try !database.hasTable("_projection")
      if isNew { try create() }
      try database.execute("CREATE TABLE IF NOT EXISTS _failure (reason TEXT NOT NULL) STRICT")
      // With its tables, so that the file of a process that was killed here is believed.
      if isNew, let key { try FileSeal.begin(key, in: database, readModel) }
    }
    checkpoint = try found.checkpoint()
    mustForget = try database.int("PRAGMA user_version") == 1
    // It is tried again: another version of the program may apply the event.
    hasNotedFailure = try database.int("SELECT 1 FROM _failure") != nil
    try readPositions()
    try followRows()
  }

  /// The file, to be judged before it is used.
  private var found: FoundFile { FoundFile(readModel: readModel, database: database) }

  /// Sums up the rows of a file that serves, from here on; a built one gets its sum at the end.
  private func followRows() throws {
    guard let key, case .serving = purpose else { return }
    seal = try found.seal(under: key)
    seal?.follow()
  }

  /// Makes the file for this user alone: SQLite would let the group read it and those beside it.
  private static func create(_ path: String) {
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    // SQLite says what is wrong, and an empty path is a file without a name.
    if file >= 0 { Glibc.close(file) }
  }

  private func readPositions() throws {
    nextPositions = [:]
    for row in try database.rows(PositionRow.self, "") {
      nextPositions[TenantID(unchecked: row.tenant)] = Position(UInt64(row.nextPosition))
    }
    committed = (checkpoint, nextPositions)
  }

  private struct PositionRow: Row {
    static let table = "_positions"

    var tenant: String
    var nextPosition: Int
  }

  private func create() throws {
    try database.execute(
      """
      CREATE TABLE _projection (
        name TEXT NOT NULL, version INTEGER NOT NULL, checkpoint INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE _positions (
        tenant TEXT PRIMARY KEY, next_position INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """)
    try database.execute(purpose == .serving ? readModel.schema : readModel.tables)
    try database.run(
      "INSERT INTO _projection VALUES (?, ?, 0)", readModel.name, readModel.version)
  }

  /// Makes the indexes that a file which is built does without; from here on it is synced.
  func makeIndexes() throws {
    try database.execute("PRAGMA synchronous = FULL")
    try database.transaction { try database.execute(readModel.indexes) }
  }

  var status: ProjectionStatus {
    ProjectionStatus(
      name: readModel.name, version: readModel.version, checkpoint: checkpoint, failure: failure,
      delay: delay, delayCount: delayCount, isForgetting: mustForget,
      isDistrusted: isDistrusted)
  }

  // MARK: One step

  /// Whether it takes part in the step.
  var isWorking: Bool { failure == nil && delay == nil }

  /// Whether each step ends with a seal.
  var isSealed: Bool { seal != nil }

  func begin() throws { try database.run("BEGIN IMMEDIATE") }

  /// The next changes are those of this event.
  func attribute(to header: EventHeader) throws { try trace?.begin(CausingEvent(header)) }

  /// Applies one event of the commit at the checkpoint.
  func apply(_ apply: Handlers.Apply, _ event: RecordedEvent) throws {
    try apply(event.event.data, event, database)
    isChanged = true
  }

  /// The event is the last of its stream so far.
  func note(_ header: EventHeader, in table: StreamTable) throws {
    if trace != nil {
      return try table.write(header.revision, of: header.stream, header.tenant, to: database)
    }
    revisions[StreamKey(tenant: header.tenant, stream: header.stream)] = header.revision
  }

  /// The commit at the checkpoint erases a person.
  func noteErasure() {
    mustForget = true
    lastErasure = checkpoint
  }

  /// The commit at the checkpoint does not count.
  func pass(over ordinal: Ordinal) {
    precondition(ordinal == checkpoint, "a commit was left out or applied twice")
    checkpoint = ordinal.advanced(by: 1)
  }

  /// The commit at the checkpoint is wholly applied.
  func finish(_ ordinal: Ordinal, tenant: TenantID, nextPosition: Position) {
    pass(over: ordinal)
    nextPositions[tenant] = nextPosition
    touched.insert(tenant)
  }

  /// - Parameter chain: the log's value at the checkpoint; `nil` where the step applied nothing.
  func commit(chain: Digest?) throws {
    // In one order always, so that equal histories give equal files.
    for (key, revision) in revisions.sorted(by: { $0.key < $1.key }) {
      for table in readModel.streams where table.owns(key.stream) {
        try table.write(revision, of: key.stream, key.tenant, to: database)
      }
    }
    try database.run("UPDATE _projection SET checkpoint = ?", Int(checkpoint.value))
    for tenant in touched.sorted() {
      guard let next = nextPositions[tenant] else { continue }
      try database.run(
        "INSERT OR REPLACE INTO _positions VALUES (?, ?)", tenant.rawValue, Int(next.value))
    }
    if hasNotedFailure { try database.run("DELETE FROM _failure") }
    if mustForget { try database.execute("PRAGMA user_version = 1") }
    if let chain { try seal?.write(checkpoint, chain: chain) }
    try database.run("COMMIT")
    seal?.keep()
    hasNotedFailure = false
    isSuspect = false
    touched = []
    revisions = [:]
    committed = (checkpoint, nextPositions)
  }

  /// Takes back the step: for good, with the reason in the file, or until a passing error is over.
  func giveUp(_ reason: String, after error: any Error) {
    guard isWorking else { return }
    if database.isInTransaction { try? database.execute("ROLLBACK") }
    (checkpoint, nextPositions) = committed
    seal?.takeBack()
    touched = []
    revisions = [:]
    let seemsDamaged = (error as? SQLiteError)?.isCorrupt == true
    if ErrorClass(of: error) == .passing, !(seemsDamaged && isSuspect) {
      isSuspect = isSuspect || seemsDamaged
      delay = reason
      delayCount += 1
    } else {
      failure = reason
      noteFailure(reason)
    }
  }

  /// So that other processes see it, too. A file that cannot be written leaves it to this one.
  private func noteFailure(_ reason: String) {
    try? database.transaction {
      try database.run("DELETE FROM _failure")
      try database.run("INSERT INTO _failure VALUES (?)", reason)
    }
  }

  /// Takes part again, in the next step.
  func endDelay() {
    let hadDelay = delay != nil
    delay = nil
    if hadDelay, isSuspect { reopen() }
  }

  /// Makes sure that no page of the file, no file beside it and no earlier one holds personal data
  /// of erased persons; tried again as long as a reader holds the file.
  func forget() {
    guard mustForget, failure == nil else { return }
    if path.hasSuffix(".sqlite") { LiveReadModel.remove(path: Self.previousPath(of: path)) }
    do { try scrub() } catch {
      // Still to be done, and shown as such: a full disk must not stop what serves.
    }
  }

  private func scrub() throws {
    try database.execute("VACUUM")
    if try database.int("PRAGMA wal_checkpoint(TRUNCATE)") != 0 { return }
    try database.execute("PRAGMA user_version = 0")
    mustForget = false
  }

  /// Readers that are called back on a change find other rows.
  func noteChange() { isChanged = true }

  /// Whether events have been applied since this was asked last.
  func takeChange() -> Bool {
    defer { isChanged = false }
    return isChanged
  }

  /// Notes from now on which event changes which row.
  func startTrace() throws { trace = try RowTrace(of: database) }

  func digest() throws -> String { try database.contentDigest() }

  /// The digest of a file that was built, which is sealed with it in one reading.
  ///
  /// - Parameter chain: the log's value at the checkpoint.
  func digest(sealingAt chain: Digest) throws -> String {
    guard let key else { return try digest() }
    let seal = try FileSeal(key, of: database, readModel)
    let digest = try database.contentDigest { seal.counter(of: $0) }
    try seal.countPositions()
    try seal.write(checkpoint, chain: chain)
    return digest
  }

  /// Writes everything into the one file and lets go of it.
  func close() throws {
    if purpose == .serving {
      try database.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
    }
    try letGo()
  }

  /// Closes the file as it is, with what was not written into it yet left beside it.
  func letGo() throws {
    // It holds the connection, too.
    seal = nil
    database = try Database(path: ":memory:", mode: .readWrite)
  }

  /// Opens the file again, after ``close()``, where no other has taken its place.
  func reopen() {
    do {
      guard isInPlace else { throw RebuildNeeded(name: readModel.name, reason: "lost its file") }
      database = try Database(path: path, mode: .readWrite)
      try database.execute(purpose.settings)
      // A step whose end was in doubt may have come to it.
      if let found = try database.int("SELECT checkpoint FROM _projection") {
        checkpoint = Ordinal(UInt64(found))
      }
      try readPositions()
      try followRows()
    } catch { giveUp("\(error)", after: error) }
  }

  /// Whether the path still names the file that was opened.
  var isInPlace: Bool { file != nil && FileIdentity(path: path) == file }

  /// Where the file that a rebuild replaced is kept.
  static func previousPath(of path: String) -> String {
    "\(path.dropLast(".sqlite".count)).previous.sqlite"
  }

  /// Removes a file, so that the next one under its path is new.
  ///
  /// - Throws: `LogError.io` where it stays.
  static func removeForGood(path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else {
      throw LogError.io(operation: "remove", path: path, errno: errno)
    }
    removeJournals(path: path)
  }

  static func remove(path: String) {
    unlink(path)
    removeJournals(path: path)
  }

  /// Removes what SQLite keeps beside a file that it has open, once no connection has it.
  static func removeJournals(path: String) {
    for suffix in ["-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }
}
