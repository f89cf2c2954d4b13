// Ends transfers from another thread.

internal import Synchronization

/// Says whether transfers are to end; for good once it was cancelled.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  public func cancel() { flag.store(true, ordering: .relaxed) }
}
