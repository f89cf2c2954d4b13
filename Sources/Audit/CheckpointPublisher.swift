// Signs checkpoints of each tenant's Merkle tree (RFC 6962, section 2.1; C2SP tlog-checkpoint), on
// a thread of its own and on demand. Tiles are derived; a signed checkpoint is never taken back.
//
// What must hold: only durable events are in a tree; tiles are on the disk before a checkpoint
// names them; the log is read once for all tenants, not once for each; and a tree that does not
// extend the last checkpoint (RFC 6962, section 2.1.2) is never signed, as it would be in an older
// copy of the folder.

public import EventLog
public import EventSourcing
import Synchronization
public import Threading
public import Transparency

/// The signed trees of all tenants of a log.
///
/// ```swift
/// let publisher = CheckpointPublisher(
///   log: log, folder: "data/log", logName: name, keys: keys, clock: { .now })
/// publisher.start { error in report(error) }
/// let proof = try publisher.proof(for: position, of: tenant)
/// ```
public final class CheckpointPublisher: Sendable {
  private struct Signals {
    var isStopping = false
    var isWoken = false
  }

  let log: EventLog
  let folder: String
  let logName: String
  let keys: CheckpointKeys
  private let clock: @Sendable () -> Timestamp
  let trees = Mutex<[TenantID: SignedTree]>([:])
  private let retries: BackOff
  let notes: (any KeptNotes)?
  let report: @Sendable (String) -> Void
  /// Whose tiles were made anew since the process started, because the history seemed rewritten.
  let madeAnew = Mutex<Set<TenantID>>([])
  private let signals = Monitor(Signals())
  private let thread = Monitor<WorkerThread?>(nil)
  private let listeners = Mutex<[@Sendable () -> Void]>([])

  /// How long signing may delay ``stop()``.
  private static let stopTimeLimit = Duration.seconds(1)

  /// - Parameters:
  ///   - log: the log whose events are the leaves.
  ///   - folder: the log's folder; `checkpoints`, `checkpoints-by-day` and `tiles` are below it.
  ///   - logName: the first part of every origin, `<log name>/<tenant>`.
  ///   - clock: tells on which day a note is signed.
  ///   - notes: keeps the newest notes once more, outside the folder.
  ///   - retries: the waits after trees that were not signed.
  ///   - report: hears of a checkpoint that was missing and was put back.
  public init(
    log: EventLog, folder: String, logName: String, keys: CheckpointKeys,
    clock: @escaping @Sendable () -> Timestamp, notes: (any KeptNotes)? = nil,
    retries: BackOff = BackOff(),
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.retries = retries
    self.notes = notes
    self.report = report
    self.log = log
    self.folder = folder
    self.logName = logName
    self.keys = keys
    self.clock = clock
  }

  /// Signs a checkpoint for each grown tree every `interval`, and on stop; what fails is tried
  /// again with back-off.
  ///
  /// - Parameter onResult: called on the publisher's thread after each attempt, with an error for
  ///   each tree that was not signed.
  public func start(
    every interval: Duration = .seconds(10), onResult: @escaping @Sendable ([any Error]) -> Void
  ) {
    thread.withLock { thread in
      thread = WorkerThread(name: "checkpoints") { [self] in
        publish(every: interval, onResult: onResult)
      }
    }
  }

  /// Calls back when the publisher's thread has signed what had grown, and after ``add(_:to:of:)``.
  public func onSigning(_ call: @escaping @Sendable () -> Void) {
    listeners.withLock { $0.append(call) }
  }

  private func announce() { for call in listeners.withLock({ $0 }) { call() } }

  /// Signs what has grown now instead of after the interval.
  public func wake() { signals.update { $0.isWoken = true } }

  /// Signs what has grown, for at most a second, and ends the thread if it was started.
  public func stop() {
    signals.update { $0.isStopping = true }
    thread.withLock { $0 }?.join()
  }

  /// Brings a tenant's tree up to its last durable event and signs it.
  ///
  /// - Throws: `CheckpointRefusal` for a history that contradicts the last checkpoint, `LogError`
  ///   and `TransparencyError` where the tree cannot be read or written.
  public func checkpoint(of tenant: TenantID) throws -> SignedNote {
    try trees.withLock { trees in
      do { return try sign(tenant, in: &trees) } catch {
        guard try forgetTiles(of: tenant, after: error, in: &trees) else { throw error }
        return try sign(tenant, in: &trees)
      }
    }
  }

  private func sign(
    _ tenant: TenantID, in trees: inout [TenantID: SignedTree]
  ) throws -> SignedNote {
    var tree = try self.tree(of: tenant, in: &trees)
    defer { trees[tenant] = tree }
    try restoreCheckpoint(of: tenant, tree.signer, from: tree.daily)
    try extend(&tree, of: tenant)
    let head = TreeHead(size: tree.writer.size, root: tree.writer.root())
    let note = try tree.signer.sign(head, of: merkleTree(tree, of: tenant))
    tree.recent.noteSigning(at: head.size)
    try keepByDay(note, tree, of: tenant)
    if let notes, tree.signedSize != head.size {
      try notes.keep(note, of: tenant)
      tree.isKeptOutside = true
    }
    // Last, so that a note that could not be kept by day, or outside, is tried again.
    tree.signedSize = head.size
    return note
  }

  /// Adds the cosignatures of witnesses to a tenant's newest checkpoint, if it still has this text.
  ///
  /// - Throws: `CheckpointRefusal`, and what ``checkpoint(of:)`` throws.
  public func add(_ cosignatures: [NoteSignature], to text: String, of tenant: TenantID) throws {
    try trees.withLock { trees in
      let tree = try tree(of: tenant, in: &trees)
      try tree.signer.add(cosignatures, to: text)
      // The day's note gets them, too, if it is still this one.
      guard let kept = try tree.daily.newest(), kept.note.text == text,
        let last = try tree.signer.last()?.note, last.text == text
      else { return }
      try tree.daily.keep(last, on: kept.day)
    }
    announce()
  }

  /// Keeps a new note as the last of this day.
  private func keepByDay(_ note: SignedNote, _ tree: SignedTree, of tenant: TenantID) throws {
    let kept = try tree.daily.newest()
    if let kept, kept.note.text == note.text { return }
    let today = CalendarDate(utc: clock())
    // After the clock was set back, the notes of earlier days stay.
    try tree.daily.keep(note, on: max(today, kept?.day ?? today))
  }

  /// A tenant's newest checkpoint as it is stored; `nil` before the first.
  ///
  /// - Throws: `CheckpointRefusal` for one that cannot be believed.
  public func storedCheckpoint(of tenant: TenantID) throws -> SignedNote? {
    try trees.withLock { trees in try tree(of: tenant, in: &trees).signer.last()?.note }
  }

  private func publish(every interval: Duration, onResult: ([any Error]) -> Void) {
    var end = Ordinal.first
    var reader: LogReader?
    var retries = retries
    while true {
      let isLast = signals.withLock { $0.isStopping }
      var wait = interval
      if log.durableEnd > end || isLast || retries.isFailing {
        end = log.durableEnd
        let errors = signGrownTrees(to: end, reading: &reader, isLast: isLast)
        onResult(errors)
        if errors.isEmpty { retries.reset() } else { (wait, reader) = (retries.next(), nil) }
        announce()
      }
      if isLast { return }
      signals.wait(
        upTo: wait, until: { $0.isStopping || $0.isWoken }, then: { $0.isWoken = false })
    }
  }

  /// - Parameter isLast: limits the time; what is not signed then, the next start signs.
  /// - Returns: an error for each tree that was not signed.
  private func signGrownTrees(
    to end: Ordinal, reading reader: inout LogReader?, isLast: Bool
  ) -> [any Error] {
    var errors: [any Error] = []
    let deadline = ContinuousClock.now + CheckpointPublisher.stopTimeLimit
    let isTimeUp = {
      isLast ? ContinuousClock.now > deadline : self.signals.withLock { $0.isStopping }
    }
    do { try catchUp(to: end, reading: &reader, unless: isTimeUp) } catch { errors.append(error) }
    for tenant in log.tenants where !isTimeUp() {
      do {
        try signIfGrown(tenant)
        try keepMissingNote(of: tenant)
      } catch { errors.append(error) }
    }
    return errors
  }

  private func signIfGrown(_ tenant: TenantID) throws {
    let isCurrent = trees.withLock { trees in
      trees[tenant].map { $0.signedSize == log.durableEnd(of: tenant).value } ?? false
    }
    if !isCurrent { _ = try checkpoint(of: tenant) }
  }

  /// Keeps the newest note outside where there is none, as before the update that brought these
  /// notes, or one of a smaller tree, as after a kill.
  private func keepMissingNote(of tenant: TenantID) throws {
    guard let notes else { return }
    try trees.withLock { trees in
      guard let tree = trees[tenant], !tree.isKeptOutside else { return }
      let kept = try notes.note(of: tenant).map { try Checkpoint(text: $0.text).head.size }
      if kept ?? 0 < tree.signedSize, let last = try tree.signer.last()?.note {
        try notes.keep(last, of: tenant)
      }
      trees[tenant]?.isKeptOutside = true
    }
  }
}
