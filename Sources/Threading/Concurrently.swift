internal import Dispatch

/// Calls a body once for each index below a count, on as many threads as there are processors, and
/// returns when all calls have returned.
///
/// The calling thread is one of them, so it is never one of Swift's cooperative threads.
public func concurrently(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count, execute: body)
}
