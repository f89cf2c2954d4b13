// A rebuild in the middle of its work, for as long as a test needs it there.

public import Projecting
import Threading

/// Rebuilds read models on a thread of its own; waits, once the files are filled, to be released.
public final class HeldRebuild: Sendable {
  private let isReleased = Monitor(false)
  private let outcomes: AsyncStream<Result<[RebuildReport], any Error>>

  /// Returns when the rebuild waits, or has failed before.
  public init(of names: [String], in projections: ProjectionRuntime) async {
    let (waiting, wait) = AsyncStream.makeStream(of: Void.self)
    let (outcomes, end) = AsyncStream.makeStream(of: Result<[RebuildReport], any Error>.self)
    self.outcomes = outcomes
    _ = WorkerThread(name: "rebuild") { [isReleased] in
      let outcome = Result {
        try projections.rebuild(names) { _ in
          wait.yield()
          isReleased.wait(until: { $0 })
        }
      }
      wait.finish()
      end.yield(outcome)
    }
    for await _ in waiting { break }
  }

  /// Lets the rebuild go on to its end.
  ///
  /// - Throws: what the rebuild throws.
  public func release() async throws -> [RebuildReport] {
    isReleased.update { $0 = true }
    for await outcome in outcomes { return try outcome.get() }
    fatalError("the rebuild has ended before")
  }
}
