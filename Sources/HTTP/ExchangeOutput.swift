// Where the answer to one request goes: a connection of the server, or memory.
//
// What must always hold: one answer or one stream; every `whenTaken` and `whenClosed` is called
// exactly once.

internal import CHTTPServer

protocol ExchangeOutput: Sendable {
  /// - Parameter closing: whether the connection ends with this answer.
  /// - Returns: `false`, having sent nothing, if the response cannot be sent as it is.
  @discardableResult
  func answer(_ response: HTTPResponse, closing: Bool) -> Bool

  /// - Parameter whenClosed: gets `true` when the stream was finished, `false` when the peer left.
  func startStream(
    status: Int, headerLines: [UInt8], whenClosed: @escaping @Sendable (Bool) -> Void)
  func write(_ bytes: [UInt8], whenTaken: @escaping @Sendable (Bool) -> Void)
  func finishStream()
  /// Lets the peer see that the body is not complete.
  func abortStream()
}

/// A request of a connection; it owns a `chs_exchange`.
@safe final class ConnectionOutput: ExchangeOutput, @unchecked Sendable {
  // The C side may be called from any thread.
  private let exchange: OpaquePointer
  private let isOwned: Bool

  init(_ exchange: OpaquePointer, isOwned: Bool) {
    unsafe self.exchange = exchange
    self.isOwned = isOwned
  }

  deinit {
    if isOwned { unsafe chs_exchange_free(exchange) }
  }

  @discardableResult
  func answer(_ response: HTTPResponse, closing: Bool) -> Bool {
    guard let lines = response.headerLines else { return false }
    unsafe withBytes(lines) { fields in
      unsafe withBytes(response.body) { body in
        unsafe chs_answer(exchange, Int32(response.status), fields, body, closing ? 1 : 0)
      }
    }
    return true
  }

  func startStream(
    status: Int, headerLines: [UInt8], whenClosed: @escaping @Sendable (Bool) -> Void
  ) {
    let context = unsafe Unmanaged.passRetained(Callback(call: whenClosed)).toOpaque()
    unsafe withBytes(headerLines) { fields in
      unsafe chs_stream_start(exchange, Int32(status), fields, Callback.call, context)
    }
  }

  func write(_ bytes: [UInt8], whenTaken: @escaping @Sendable (Bool) -> Void) {
    let context = unsafe Unmanaged.passRetained(Callback(call: whenTaken)).toOpaque()
    unsafe withBytes(bytes) { piece in
      unsafe chs_stream_write(exchange, piece, Callback.call, context)
    }
  }

  func finishStream() { unsafe chs_stream_finish(exchange) }

  func abortStream() { unsafe chs_stream_abort(exchange) }
}

/// A closure that C calls once with a flag.
private final class Callback: Sendable {
  private let call: @Sendable (Bool) -> Void

  init(call: @escaping @Sendable (Bool) -> Void) { self.call = call }

  static let call: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Void = { context, flag in
    guard let context = unsafe context else { return }
    unsafe Unmanaged<Callback>.fromOpaque(context).takeRetainedValue().call(flag != 0)
  }
}

/// Lends an array's bytes to a C function.
private func withBytes(_ bytes: [UInt8], _ body: (chs_bytes) -> Void) {
  unsafe bytes.withUnsafeBytes { buffer in
    unsafe body(
      chs_bytes(
        data: buffer.baseAddress?.assumingMemoryBound(to: CChar.self), size: buffer.count))
  }
}
