// A request and the right to answer it once, from any thread.
//
// What must always hold: every exchange is answered. One that is dropped answers 500, so that a
// lost answer is an error that the peer sees and not a connection that hangs.

internal import Synchronization

/// One request that waits for its answer.
public final class HTTPExchange: Sendable {
  public let request: HTTPRequest
  private let output: any ExchangeOutput
  private let refusal: @Sendable (Int, String) -> HTTPResponse
  private let isAnswered = Atomic<Bool>(false)

  init(
    request: HTTPRequest, output: any ExchangeOutput,
    refusal: @escaping @Sendable (Int, String) -> HTTPResponse
  ) {
    self.request = request
    self.output = output
    self.refusal = refusal
  }

  deinit {
    guard !isAnswered.load(ordering: .acquiring) else { return }
    output.answer(refusal(500, "The request was dropped without an answer."), closing: false)
  }

  /// Sends the answer.
  ///
  /// - Precondition: the exchange has not been answered before.
  public func respond(_ response: HTTPResponse) {
    claim()
    guard output.answer(response, closing: false) else {
      output.answer(
        refusal(500, "The answer's status or headers are malformed."), closing: false)
      return
    }
  }

  /// Begins an answer whose body follows piece by piece.
  ///
  /// A stream that is dropped without `finish` closes the connection, so that the peer can tell
  /// that the body is not complete.
  ///
  /// - Precondition: the exchange has not been answered before, and the headers are well-formed.
  public func startStream(
    status: Int, headers: [(name: String, value: String)] = []
  ) -> HTTPBodyStream {
    claim()
    return HTTPBodyStream(output: output, status: status, headers: headers)
  }

  private func claim() {
    let (isFirst, _) = isAnswered.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing)
    precondition(isFirst, "an exchange was answered twice")
  }
}
