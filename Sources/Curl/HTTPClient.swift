// A synchronous HTTP client over libcurl, for command lines and for services that we call.
//
// What must always hold: one instance is used by one thread at a time and keeps its connection
// open between requests; nothing is followed, retried elsewhere or sent through a proxy unasked.

internal import CCurl

/// A client of one server, on a Unix socket or at a base URL.
public final class HTTPClient {
  /// How long to wait for a connection.
  public var connectTimeout = Duration.seconds(5)

  /// How long a request may take in total; `nil` means as long as it takes.
  public var totalTimeout: Duration?

  /// How long a connection may be silent while an answer is awaited; `nil` means for ever.
  public var silenceTimeout: Duration?

  /// Ends the request that is going on once it is cancelled; `nil` ends none.
  public var cancellation: Cancellation?

  private let socketPath: String?
  private let baseURL: String
  private let handle: CurlHandle

  /// A client of the server that listens on a Unix socket.
  public init(socketPath: String) {
    self.socketPath = socketPath
    baseURL = "http://localhost"
    handle = CurlHandle()
  }

  /// A client of the server at `http://host:port` or `https://host`, with or without a path.
  public init(baseURL: String) {
    socketPath = nil
    self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    handle = CurlHandle()
  }

  /// Sends a request and waits for the whole answer.
  ///
  /// - Parameter target: path and query, already percent-encoded, beginning with `/`.
  public func send(
    method: String, target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) throws(HTTPClientError) -> ClientResponse {
    let transfer = Transfer { _ in true }
    transfer.collectsEverything = true
    return try perform(transfer, method, target, headers, body)
  }

  /// Sends a request and passes the answer's body on as it arrives.
  ///
  /// - Parameter onBytes: sees the body of a 2xx answer; it returns whether to go on. Once it has
  ///   said no, the connection is closed and what has been received so far is the answer.
  /// - Returns: status and headers; the body only of an answer that was not 2xx.
  @discardableResult
  public func stream(
    method: String = "GET", target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], onBytes: ([UInt8]) -> Bool
  ) throws(HTTPClientError) -> ClientResponse {
    // The closure does not outlive the call: `perform` is done with it when it returns.
    do {
      return try withoutActuallyEscaping(onBytes) { onBytes in
        try perform(Transfer(onBytes: onBytes), method, target, headers, body)
      }
    } catch let error as HTTPClientError {
      throw error
    } catch {
      preconditionFailure("nothing else is thrown: \(error)")
    }
  }

  private func perform(
    _ transfer: Transfer, _ method: String, _ target: String,
    _ headers: [(name: String, value: String)], _ body: [UInt8]
  ) throws(HTTPClientError) -> ClientResponse {
    // A line break would begin a header, or a request, of its own.
    let texts = [method, target] + headers.flatMap { [$0.name, $0.value] }
    guard !texts.contains(where: { $0.utf8.contains { $0 < 0x20 && $0 != 0x09 } }) else {
      throw HTTPClientError(
        destination: socketPath ?? baseURL, message: "the request holds a control character",
        code: Int(CURLE_BAD_FUNCTION_ARGUMENT.rawValue), neverConnected: true)
    }
    handle.reset()
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.milliseconds)
    handle.set(CURLOPT_TIMEOUT_MS, totalTimeout.map(\.milliseconds) ?? 0)
    handle.set(CURLOPT_LOW_SPEED_LIMIT, silenceTimeout == nil ? 0 : 1)
    handle.set(CURLOPT_LOW_SPEED_TIME, silenceTimeout.map { Int($0.components.seconds) } ?? 0)
    handle.set(CURLOPT_TCP_KEEPALIVE, 1)
    handle.set(CURLOPT_PATH_AS_IS, 1)
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
    handle.set(CURLOPT_NOPROXY, socketPath == nil ? "localhost,127.0.0.1,::1" : "*")
    handle.set(CURLOPT_URL, baseURL + target)
    if let socketPath { handle.set(CURLOPT_UNIX_SOCKET_PATH, socketPath) }
    if let cancellation { handle.end(when: cancellation) }
    let code = handle.perform(transfer, method: method, headers: headers, body: body)
    if code == CURLE_OK || transfer.wasStopped { return transfer.response }
    throw HTTPClientError(
      destination: socketPath ?? baseURL, message: handle.message(for: code),
      code: Int(code.rawValue), neverConnected: HTTPClient.connectionErrors.contains(code.rawValue))
  }

  private static let connectionErrors: Set<UInt32> = [
    CURLE_COULDNT_RESOLVE_HOST.rawValue, CURLE_COULDNT_CONNECT.rawValue,
    CURLE_COULDNT_RESOLVE_PROXY.rawValue, CURLE_SSL_CONNECT_ERROR.rawValue,
    CURLE_PEER_FAILED_VERIFICATION.rawValue, CURLE_URL_MALFORMAT.rawValue,
  ]
}

extension Duration {
  var milliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}
