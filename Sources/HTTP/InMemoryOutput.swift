// Answers in memory, so that a handler can be tested without a connection. What leaves is what a
// connection would have sent: the answer to HEAD has no body, and a stream is collected until it is
// finished.

internal import Synchronization

/// What came of a request without a connection.
public struct InMemoryAnswer: Sendable {
  public var response: HTTPResponse
  /// `false` if a stream was given up before its end.
  public var isComplete: Bool
}

extension HTTPRequest {
  /// Hands the request to a handler and waits for the whole answer.
  public func answer(
    by handler: (HTTPExchange) -> Void
  ) async -> InMemoryAnswer {
    await withCheckedContinuation { continuation in
      let output = InMemoryOutput(isHead: method == "HEAD") { continuation.resume(returning: $0) }
      handler(
        HTTPExchange(
          request: self, output: output,
          refusal: { HTTPResponse.problem(status: $0, detail: $1) }))
    }
  }
}

private final class InMemoryOutput: ExchangeOutput {
  private struct Stream: Sendable {
    var response: HTTPResponse
    var whenClosed: @Sendable (Bool) -> Void
  }

  private let isHead: Bool
  private let done: @Sendable (InMemoryAnswer) -> Void
  private let stream = Mutex<Stream?>(nil)

  init(isHead: Bool, done: @escaping @Sendable (InMemoryAnswer) -> Void) {
    self.isHead = isHead
    self.done = done
  }

  func answer(_ response: HTTPResponse, closing: Bool) -> Bool {
    guard let lines = response.headerLines else { return false }
    end(
      HTTPResponse(status: response.status, headerLines: lines, body: response.body),
      isComplete: true)
    return true
  }

  func startStream(
    status: Int, headerLines: [UInt8], whenClosed: @escaping @Sendable (Bool) -> Void
  ) {
    let response = HTTPResponse(status: status, headerLines: headerLines)
    stream.withLock { $0 = Stream(response: response, whenClosed: whenClosed) }
  }

  func write(_ bytes: [UInt8], whenTaken: @escaping @Sendable (Bool) -> Void) {
    stream.withLock { $0?.response.body += bytes }
    whenTaken(true)
  }

  func finishStream() { closeStream(isComplete: true) }

  func abortStream() { closeStream(isComplete: false) }

  private func closeStream(isComplete: Bool) {
    guard let stream = stream.withLock({ $0.take() }) else { return }
    stream.whenClosed(isComplete)
    end(stream.response, isComplete: isComplete)
  }

  private func end(_ response: HTTPResponse, isComplete: Bool) {
    var response = response
    if isHead { response.body = [] }
    done(InMemoryAnswer(response: response, isComplete: isComplete))
  }
}
