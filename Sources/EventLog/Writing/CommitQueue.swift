// Commits on their way to the writer. Ordinals and positions are given out here, in the order in
// which commits are queued, so that the next commit can be decided while the one before is syncing.

internal import EventSourcing
internal import Threading

/// The commits that wait to be written, and the writer's instructions.
final class CommitQueue: Sendable {
  /// Commits that go into the same frame, with the callback of the last of them.
  struct Entry: Sendable {
    var commits: [Commit]
    var byteCount: Int
    var whenDurable: (@Sendable () -> Void)?
  }

  /// The writer's next step.
  enum Work: Sendable {
    case write([Entry])
    case mark
    case stop
  }

  private struct State {
    /// The newest, in order.
    private var arriving: [Entry] = []
    /// The oldest, the very first of them last, so that taking one moves no others.
    private var leaving: [Entry] = []
    private(set) var byteCount = 0
    var nextOrdinal: Ordinal
    var nextPositions: [TenantID: Position]
    var isClosed = false
    var isFailed = false
    /// Appending blocks while this many bytes are queued.
    var limit: Int

    init(nextOrdinal: Ordinal, nextPositions: [TenantID: Position], limit: Int) {
      self.nextOrdinal = nextOrdinal
      self.nextPositions = nextPositions
      self.limit = limit
    }

    var isEmpty: Bool { arriving.isEmpty && leaving.isEmpty }

    mutating func push(_ entry: Entry) {
      arriving.append(entry)
      byteCount += entry.byteCount
    }

    mutating func pop() -> Entry? {
      if leaving.isEmpty {
        leaving = arriving.reversed()
        arriving = []
      }
      guard let entry = leaving.popLast() else { return nil }
      byteCount -= entry.byteCount
      return entry
    }

    mutating func removeAll() {
      (arriving, leaving, byteCount) = ([], [], 0)
    }
  }

  private let state: Monitor<State>

  init(nextOrdinal: Ordinal, nextPositions: [TenantID: Position], limit: Int) {
    state = Monitor(State(nextOrdinal: nextOrdinal, nextPositions: nextPositions, limit: limit))
  }

  var byteCount: Int { state.withLock { $0.byteCount } }

  /// Of the next commit that is appended.
  var nextOrdinal: Ordinal { state.withLock { $0.nextOrdinal } }

  var isFailed: Bool { state.withLock { $0.isFailed } }

  func nextPosition(of tenant: TenantID) -> Position {
    state.withLock { $0.nextPositions[tenant] ?? .first }
  }

  /// Queues commits that become durable in this order, blocking while too many bytes are queued.
  ///
  /// - Parameter whenDurable: is given the first commit's ordinal.
  /// - Throws: ``LogError/positionGap(tenant:expected:given:)`` or ``LogError/stopped``; then
  ///   nothing was queued.
  func append(
    _ batches: [[Commit]], mayBlock: Bool, whenDurable: @escaping @Sendable (Ordinal) -> Void
  ) throws(LogError) {
    let result = state.wait(
      until: { !mayBlock || $0.byteCount < $0.limit || $0.isClosed || $0.isFailed },
      then: { state in
        Result { () throws(LogError) in try CommitQueue.queue(batches, whenDurable, in: &state) }
      })
    try result.get()
  }

  private static func queue(
    _ batches: [[Commit]], _ whenDurable: @escaping @Sendable (Ordinal) -> Void,
    in state: inout State
  ) throws(LogError) {
    guard !state.isClosed && !state.isFailed else { throw .stopped }
    var positions: [TenantID: Position] = [:]
    for commit in batches.joined() {
      let expected =
        positions[commit.tenant] ?? state.nextPositions[commit.tenant] ?? .first
      guard commit.firstPosition == expected else {
        throw .positionGap(
          tenant: commit.tenant, expected: expected, given: commit.firstPosition)
      }
      positions[commit.tenant] = expected.advanced(by: commit.eventCount)
    }
    state.nextPositions.merge(positions) { $1 }
    let first = state.nextOrdinal
    for (index, commits) in batches.enumerated() {
      let byteCount = commits.reduce(0) { $0 + $1.lines.count }
      var entry = Entry(commits: commits, byteCount: byteCount)
      if index == batches.count - 1 { entry.whenDurable = { whenDurable(first) } }
      state.push(entry)
      state.nextOrdinal = state.nextOrdinal.advanced(by: commits.count)
    }
  }

  /// Waits for work.
  ///
  /// - Parameters:
  ///   - limit: take no further entry once this many bytes of lines are taken.
  ///   - idleDelay: how long to wait before asking for a mark; `nil` when there is one already.
  func next(limit: Int, idleDelay: Duration?) -> Work {
    state.wait(
      upTo: idleDelay, until: { !$0.isEmpty || $0.isClosed },
      then: { state in
        guard !state.isEmpty else { return state.isClosed ? .stop : .mark }
        var taken: [Entry] = []
        var byteCount = 0
        while taken.isEmpty || byteCount < limit, let entry = state.pop() {
          taken.append(entry)
          byteCount += entry.byteCount
        }
        return .write(taken)
      })
  }

  /// Lets this many bytes be queued from here on.
  func allow(byteCount: Int) { state.withLock { $0.limit = byteCount } }

  /// Refuses further commits; what is queued is still written.
  func close() { state.update { $0.isClosed = true } }

  /// Refuses further commits and drops the queued ones.
  func fail() {
    state.update {
      $0.isFailed = true
      $0.removeAll()
    }
  }

}
