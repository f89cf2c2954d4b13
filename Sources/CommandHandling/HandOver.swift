// Decided commands on their way to the log. Their new keys become durable first, on a thread of its
// own, while more commands are decided. What must hold: the log gets no commit before the keys that
// seal it are durable, and gets the commits in the order of their decisions. When the disk refuses
// keys, nothing more is handed over until the decisions that are held have been taken back.

import EventLog
import EventSourcing
import PersonalData
import Threading

/// A command whose commit the log does not have yet.
struct DecidedCommand {
  var submission: Submission
  var commit: Commit
  /// Whether the commit records a refusal that ``RefusalQuota`` has counted.
  var isCountedRefusal: Bool
}

/// Commands that were decided together, in order.
struct DecidedCommands {
  private(set) var commands: [DecidedCommand] = []
  /// Of their lines.
  private(set) var byteCount = 0
  /// Whether a line of theirs is sealed under a key that is not durable yet.
  var needNewKeys = false

  var isEmpty: Bool { commands.isEmpty }

  mutating func append(_ command: DecidedCommand) {
    commands.append(command)
    byteCount += command.commit.lines.count
  }

  mutating func append(_ others: DecidedCommands) {
    commands += others.commands
    byteCount += others.byteCount
    needNewKeys = needNewKeys || others.needNewKeys
  }
}

/// Hands decided commands to the log.
final class HandOver: Sendable {
  private struct State {
    /// In the order of decisions.
    var waiting = DecidedCommands()
    var isRunning = false
    /// Steps that began, so that a watchdog sees whether they go on.
    var stepCount: UInt64 = 0
    /// Why the disk refused the keys of what waits.
    var refusal: PersonalDataError?
    /// Why the log takes nothing more.
    var failure: LogError?

    /// While more than this waits, nothing more is decided.
    private static let waitingCountMax = 256
    private static let waitingByteCountMax = 4 << 20

    var takesMore: Bool {
      refusal != nil || failure != nil
        || waiting.commands.count < Self.waitingCountMax
          && waiting.byteCount < Self.waitingByteCountMax
    }

    /// - Returns: whether nothing hands over what waits.
    mutating func add(_ decided: DecidedCommands) -> Result<Bool, LogError> {
      if let failure { return .failure(failure) }
      waiting.append(decided)
      if isRunning || refusal != nil { return .success(false) }
      isRunning = true
      return .success(true)
    }
  }

  /// Commands that were refused their keys, with all that were decided after them.
  struct Held {
    var commands: [DecidedCommand]
    var refusal: PersonalDataError
  }

  private let log: EventLog
  private let vault: PersonalVault
  private let undurable: UndurableCommits
  private let queue: SerialQueue
  private let state = Monitor(State())
  /// Called on the thread of the keys when something is held, or the log takes nothing more.
  private let whenHeld = Monitor<@Sendable () -> Void>({})

  init(log: EventLog, vault: PersonalVault, undurable: UndurableCommits, queue: SerialQueue) {
    self.log = log
    self.vault = vault
    self.undurable = undurable
    self.queue = queue
  }

  /// Whether it hands over now, and how many steps of that have begun.
  var progress: (isBusy: Bool, stepCount: UInt64) {
    state.withLock { ($0.isRunning, $0.stepCount) }
  }

  /// Commands that wait, without those whose keys become durable now.
  var waitingCount: Int { state.withLock { $0.waiting.commands.count } }

  /// Calls back when there is something to take with ``takeHeld()``.
  func whenHeld(_ call: @escaping @Sendable () -> Void) { whenHeld.update { $0 = call } }

  /// Hands over what was decided after everything handed over before; waits while too much does.
  ///
  /// - Throws: `LogError` when the log takes nothing more.
  func add(_ decided: DecidedCommands) throws(LogError) {
    if decided.isEmpty { return }
    let isIdle = try state.wait(until: { $0.takesMore }, then: { $0.add(decided) }).get()
    guard isIdle else { return }
    // Without new keys there is nothing to wait for.
    if decided.needNewKeys { queue.run { self.handOver() } } else { handOver() }
  }

  /// Returns once the log has everything that was added, or it is held.
  func finish() { queue.finish() }

  /// What is held, if anything; from here on, commands are handed over again.
  ///
  /// - Throws: `LogError` when the log takes nothing more.
  func takeHeld() throws(LogError) -> Held? {
    try state.update { state throws(LogError) in
      if let failure = state.failure { throw failure }
      guard let refusal = state.refusal else { return nil }
      defer { (state.waiting, state.refusal) = (DecidedCommands(), nil) }
      return Held(commands: state.waiting.commands, refusal: refusal)
    }
  }

  private func handOver() {
    while let decided = next() {
      do throws(PersonalDataError) {
        if decided.needNewKeys { try vault.makeDurable() }
      } catch {
        hold(decided, because: error)
        return
      }
      do throws(LogError) { try append(decided) } catch {
        state.update { ($0.failure, $0.isRunning) = (error, false) }
        return whenHeld.withLock { $0 }()
      }
    }
  }

  private func next() -> DecidedCommands? {
    state.update { state in
      state.stepCount += 1
      if state.waiting.isEmpty {
        state.isRunning = false
        return nil
      }
      defer { state.waiting = DecidedCommands() }
      return state.waiting
    }
  }

  private func append(_ decided: DecidedCommands) throws(LogError) {
    let keys = decided.commands.map { CommandKey($0.submission.command) }
    try log.append(decided.commands.map(\.commit)) { [undurable] in undurable.complete(keys) }
  }

  private func hold(_ decided: DecidedCommands, because error: PersonalDataError) {
    state.update { state in
      var held = decided
      held.append(state.waiting)
      (state.waiting, state.refusal, state.isRunning) = (held, error, false)
    }
    whenHeld.withLock { $0 }()
  }
}
