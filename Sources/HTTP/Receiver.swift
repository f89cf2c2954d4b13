// Takes requests from the C side and turns them into exchanges.
//
// What must always hold: it runs on the I/O thread; the bytes it is shown are valid only during the
// call, so each is copied once, into the request.

internal import CHTTPServer

final class Receiver: Sendable {
  private let handler: @Sendable (HTTPExchange) -> Void
  private let refusal: @Sendable (Int, String) -> HTTPResponse

  init(
    handler: @escaping @Sendable (HTTPExchange) -> Void,
    refusal: @escaping @Sendable (Int, String) -> HTTPResponse
  ) {
    self.handler = handler
    self.refusal = refusal
  }

  /// - Parameter context: a retained `Receiver`; `release` gives it back.
  static func callbacks(_ context: UnsafeMutableRawPointer) -> chs_callbacks {
    unsafe chs_callbacks(
      context: context,
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
    let received = unsafe request.pointee
    let peer = unsafe HTTPRequest.Peer(uid: received.peer_uid, pid: received.peer_pid)
    guard
      let request = unsafe HTTPRequest(
        method: String(decoding: received.method.bytes, as: UTF8.self),
        target: String(decoding: received.target.bytes, as: UTF8.self),
        head: Array(received.fields.bytes), body: Array(received.body.bytes),
        peer: received.has_peer != 0 ? peer : nil, endpoint: Int(received.endpoint_index))
    else {
      return refuse(output, 400, "The request target is malformed.")
    }
    handler(HTTPExchange(request: request, output: output, refusal: refusal))
  }

  private func refuse(_ output: ConnectionOutput, _ status: Int, _ detail: String) {
    guard output.answer(refusal(status, detail), closing: true) else {
      output.answer(.problem(status: status, detail: detail), closing: true)
      return
    }
  }
}

extension chs_bytes {
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: data, count: size)
  }
}
