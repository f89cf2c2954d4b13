// A request and the right to answer it once, from any thread.
//
// What must always hold: every exchange is answered. One that is dropped answers 500, so that a
// lost answer is an error that the peer sees and not a connection that hangs.

internal import CHTTPServer
internal import Synchronization

/// One request that waits for its answer.
public final class HTTPExchange: Sendable {
  public let request: HTTPRequest
  private let handle: ExchangeHandle
  private let refusal: @Sendable (Int, String) -> HTTPResponse
  private let isAnswered = Atomic<Bool>(false)

  init(
    request: HTTPRequest, handle: ExchangeHandle,
    refusal: @escaping @Sendable (Int, String) -> HTTPResponse
  ) {
    self.request = request
    self.handle = handle
    self.refusal = refusal
  }

  deinit {
    guard !isAnswered.load(ordering: .acquiring) else { return }
    handle.answer(refusal(500, "The request was dropped without an answer."))
  }

  /// Sends the answer.
  ///
  /// - Precondition: the exchange has not been answered before.
  public func respond(_ response: HTTPResponse) {
    claim()
    guard handle.answer(response) else {
      handle.answer(refusal(500, "The answer's status or headers are malformed."))
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
    return HTTPBodyStream(handle: handle, status: status, headers: headers)
  }

  private func claim() {
    let (isFirst, _) = isAnswered.compareExchange(
      expected: false, desired: true, ordering: .acquiringAndReleasing)
    precondition(isFirst, "an exchange was answered twice")
  }
}

/// Owns a `chs_exchange`.
@safe final class ExchangeHandle: @unchecked Sendable {
  // The C side may be called from any thread.
  let exchange: OpaquePointer
  private let isOwned: Bool

  init(_ exchange: OpaquePointer, isOwned: Bool) {
    unsafe self.exchange = exchange
    self.isOwned = isOwned
  }

  deinit {
    if isOwned { unsafe chs_exchange_free(exchange) }
  }

  /// - Returns: `false`, having sent nothing, if the response cannot be sent as it is.
  @discardableResult
  func answer(_ response: HTTPResponse, closing: Bool = false) -> Bool {
    guard (200...599).contains(response.status),
      let lines = HTTPResponse.lines(response.headers)
    else { return false }
    unsafe withBytes(lines) { fields in
      unsafe withBytes(response.body) { body in
        unsafe chs_answer(exchange, Int32(response.status), fields, body, closing ? 1 : 0)
      }
    }
    return true
  }
}

/// Lends an array's bytes to a C function.
func withBytes(_ bytes: [UInt8], _ body: (chs_bytes) -> Void) {
  unsafe bytes.withUnsafeBytes { buffer in
    unsafe body(
      chs_bytes(
        data: buffer.baseAddress?.assumingMemoryBound(to: CChar.self), size: buffer.count))
  }
}
