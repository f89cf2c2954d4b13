// Reading a log on all cores: each thread takes the next frame and opens it, and the thread that
// finds the next result of the log's order ready hands it out. So a thread waits for another only
// when it is too many frames ahead.

internal import Foundation
internal import Synchronization
internal import Threading

extension LogReader {
  /// Opens every frame from here on, on all cores, and hands out the results in order.
  ///
  /// - Parameters:
  ///   - open: called for several frames at a time.
  ///   - body: called for one frame after the other, in their order, on any thread.
  /// - Throws: the first error in the log's order: ``LogError`` for damage, and what `open` and
  ///   `body` throw. `body` has been called for all frames before it and for none behind.
  public func forEachFrame<R: Sendable>(
    _ open: @Sendable (Frame) throws -> R, inOrder body: (CompressedFrame, R) throws -> Void
  ) throws {
    try withoutActuallyEscaping(open) { open in
      try withoutActuallyEscaping(body) { try openAll(open, inOrder: $0) }
    }
  }

  private func openAll<R: Sendable>(
    _ open: @escaping @Sendable (Frame) throws -> R,
    inOrder body: @escaping (CompressedFrame, R) throws -> Void
  ) throws {
    // One thread at a time uses each: the one inside `source`, and the one that hands out.
    nonisolated(unsafe) let reader = self
    nonisolated(unsafe) let body = body
    let count = ProcessInfo.processInfo.activeProcessorCount
    /// How many more frames may be opened before one is handed out.
    let room = Monitor(16 * count)
    let source = Mutex(FrameSource())
    let results = Mutex(OrderedResults<(CompressedFrame, R)>())
    let work: @Sendable () -> Void = {
      let opener = FrameOpener()
      // A thread that leaves lets the next one find out that nothing is left.
      defer { room.update { $0 += 1 } }
      while true {
        room.wait(until: { $0 > 0 }, then: { $0 -= 1 })
        guard let (index, frame) = source.withLock({ $0.take(from: reader) }) else { return }
        let result = Result {
          let frame = try frame.get()
          return (frame, try opener.open(frame, open))
        }
        results.withLock { $0.put(result, at: index) }
        while let next = results.withLock({ $0.take() }) {
          let outcome = Result {
            let (frame, opened) = try next.get()
            try body(frame, opened)
          }
          results.withLock { $0.handedOut(outcome) }
          if case .failure = outcome { source.withLock { $0.isAtEnd = true } }
          room.update { $0 += 1 }
        }
      }
    }
    let threads = (0..<count).map { _ in WorkerThread(name: "log reader", work) }
    for thread in threads { thread.join() }
    if let error = results.withLock({ $0.failure }) { throw error }
  }
}

/// Where the threads take the frames from.
private struct FrameSource {
  private var index = 0
  var isAtEnd = false

  /// The next frame, or why it cannot be read, and how many were taken before it.
  mutating func take(
    from reader: LogReader
  ) -> (index: Int, frame: Result<CompressedFrame, any Error>)? {
    guard !isAtEnd else { return nil }
    defer { index += 1 }
    do {
      guard let frame = try reader.nextCompressedFrame() else {
        isAtEnd = true
        return nil
      }
      return (index, .success(frame))
    } catch {
      isAtEnd = true
      return (index, .failure(error))
    }
  }
}

/// Results that come in any order and go out in that of their numbers, one at a time.
private struct OrderedResults<R: Sendable> {
  private var waiting: [Int: Result<R, any Error>] = [:]
  private var next = 0
  private var isHandingOut = false
  private(set) var failure: (any Error)?

  mutating func put(_ result: Result<R, any Error>, at index: Int) { waiting[index] = result }

  /// The next one; `nil` when it is not there yet, or while another thread hands one out.
  mutating func take() -> Result<R, any Error>? {
    guard !isHandingOut, failure == nil, let result = waiting.removeValue(forKey: next) else {
      return nil
    }
    next += 1
    isHandingOut = true
    return result
  }

  mutating func handedOut(_ outcome: Result<Void, any Error>) {
    isHandingOut = false
    if case .failure(let error) = outcome { failure = error }
  }
}
