// A request and the right to answer it once, from any thread, and how it arrives from the C side.
//
// What must always hold: every exchange is answered. One that is dropped answers 500, so that a
// lost answer is an error that the peer sees and not a connection that hangs.

internal import CHTTPServer
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

/// Turns the C side's requests into exchanges, on the I/O thread. The bytes are valid only during
/// the call, so each is copied once, into the request.
final class Receiver: Sendable {
  private let admission: @Sendable (HTTPRequest.Head) -> HTTPAdmission
  private let handler: @Sendable (HTTPExchange) -> Void
  private let refusal: @Sendable (Int, String) -> HTTPResponse

  init(
    admission: @escaping @Sendable (HTTPRequest.Head) -> HTTPAdmission,
    handler: @escaping @Sendable (HTTPExchange) -> Void,
    refusal: @escaping @Sendable (Int, String) -> HTTPResponse
  ) {
    self.admission = admission
    self.handler = handler
    self.refusal = refusal
  }

  /// - Parameter context: a retained `Receiver`; `release` gives it back.
  static func callbacks(_ context: UnsafeMutableRawPointer) -> chs_callbacks {
    unsafe chs_callbacks(
      context: context,
      head: { context, exchange, request in
        unsafe Receiver.at(context).ask(ConnectionOutput(exchange, isOwned: false), request)
      },
      request: { context, exchange, request in
        unsafe Receiver.at(context).receive(ConnectionOutput(exchange, isOwned: true), request)
      },
      refused: { context, exchange, status, reason in
        unsafe Receiver.at(context).refuse(
          ConnectionOutput(exchange, isOwned: false), Int(status), String(cString: reason))
      },
      release: { context in
        unsafe Unmanaged<Receiver>.fromOpaque(context!).release()
      })
  }

  private static func at(_ context: UnsafeMutableRawPointer?) -> Receiver {
    unsafe Unmanaged<Receiver>.fromOpaque(context!).takeUnretainedValue()
  }

  private func receive(_ output: ConnectionOutput, _ request: UnsafePointer<chs_request>) {
    guard let request = unsafe HTTPRequest(request.pointee) else {
      return refuse(output, 400, "The request target is malformed.")
    }
    handler(HTTPExchange(request: request, output: output, refusal: refusal))
  }

  /// - Returns: how many bytes the body may have, unless the request has been refused.
  private func ask(_ output: ConnectionOutput, _ asked: UnsafePointer<chs_request>) -> Int {
    guard let request = unsafe HTTPRequest(asked.pointee) else {
      refuse(output, 400, "The request target is malformed.")
      return 0
    }
    let bodySize = unsafe asked.pointee.body_size
    let head = HTTPRequest.Head(request: request, bodySize: bodySize < 0 ? nil : Int(bodySize))
    switch admission(head) {
    case .admitted(let bodySizeMax): return bodySizeMax
    case .refused(let response):
      if !output.answer(response, closing: true) {
        refuse(output, 500, "The answer's status or headers are malformed.")
      }
      return 0
    }
  }

  private func refuse(_ output: ConnectionOutput, _ status: Int, _ detail: String) {
    guard output.answer(refusal(status, detail), closing: true) else {
      output.answer(.problem(status: status, detail: detail), closing: true)
      return
    }
  }
}

extension HTTPRequest {
  /// - Returns: `nil` if the target is malformed.
  fileprivate init?(_ received: chs_request) {
    let peer = unsafe HTTPRequest.Peer(uid: received.peer_uid, pid: received.peer_pid)
    unsafe self.init(
      method: String(decoding: received.method.bytes, as: UTF8.self),
      target: String(decoding: received.target.bytes, as: UTF8.self),
      head: Array(received.fields.bytes), body: Array(received.body.bytes),
      peer: received.has_peer != 0 ? peer : nil, endpoint: Int(received.endpoint_index))
  }
}

extension chs_bytes {
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: data, count: size)
  }
}
