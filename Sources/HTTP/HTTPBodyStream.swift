// The body of an answer, sent piece by piece.
//
// What must always hold: a writer that waits for each piece to be taken has at most one of them in
// memory, however slow the reader is; every `whenTaken` is called exactly once.

internal import Synchronization

/// An answer whose body is still being written.
public final class HTTPBodyStream: Sendable {
  private let output: any ExchangeOutput
  private let closing = StreamClosing()
  private let isFinished = Atomic<Bool>(false)

  init(
    output: any ExchangeOutput, status: Int, headers: [(name: String, value: String)]
  ) {
    guard let lines = HTTPResponse(status: status, headers: headers).headerLines else {
      preconditionFailure("a stream's status or headers are malformed")
    }
    self.output = output
    output.startStream(status: status, headerLines: lines) { [closing] in
      closing.close(isFinished: $0)
    }
  }

  deinit {
    if !isFinished.load(ordering: .acquiring) { output.abortStream() }
  }

  /// Sends a piece.
  ///
  /// - Parameter whenTaken: is called on the I/O thread (or here, if the server has stopped) with
  ///   `true` when the kernel has the bytes, and with `false` if the peer has gone or the stream
  ///   has been finished. Write the next piece from there, or memory grows with a slow reader.
  public func write(_ bytes: [UInt8], whenTaken: @escaping @Sendable (Bool) -> Void) {
    guard !isFinished.load(ordering: .acquiring) else { return whenTaken(false) }
    output.write(bytes, whenTaken: whenTaken)
  }

  /// Sends a piece and waits until the kernel has it.
  ///
  /// - Returns: `false` if the peer has gone.
  public func write(_ bytes: [UInt8]) async -> Bool {
    await withCheckedContinuation { continuation in
      write(bytes) { continuation.resume(returning: $0) }
    }
  }

  /// Ends the body. Everything written before is still sent.
  public func finish() {
    let (isFirst, _) = isFinished.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing)
    if isFirst { output.finishStream() }
  }

  /// Calls back when the peer leaves before the stream is finished, also while nothing is written;
  /// at once if it has already left. A peer that closes its sending side has left.
  public func onClose(_ call: @escaping @Sendable () -> Void) {
    closing.add(call)
  }
}

/// Whether and how a stream has ended, and what to call then.
private final class StreamClosing: Sendable {
  private enum State {
    case open([@Sendable () -> Void])
    case closed(isFinished: Bool)
  }
  private let state = Mutex(State.open([]))

  func add(_ call: @escaping @Sendable () -> Void) {
    let hasLeft = state.withLock { state in
      switch state {
      case .open(let calls):
        state = .open(calls + [call])
        return false
      case .closed(let isFinished):
        return !isFinished
      }
    }
    if hasLeft { call() }
  }

  func close(isFinished: Bool) {
    let calls = state.withLock { state -> [@Sendable () -> Void] in
      defer { state = .closed(isFinished: isFinished) }
      if case .open(let calls) = state, !isFinished { return calls }
      return []
    }
    for call in calls { call() }
  }
}
