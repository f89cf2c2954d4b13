// The server: endpoints, one I/O thread, a handler.
//
// What must always hold: the handler sees only complete requests with one reading; what it does not
// see (malformed, too large, too slow) has been answered by `HTTPServerConfiguration.refusal`.

internal import CHTTPServer

/// An HTTP/1.1 server on Unix sockets and loopback addresses.
///
///     let server = try HTTPServer(
///       configuration: HTTPServerConfiguration(endpoints: [.unixSocket(path: "/run/app.sock")])
///     ) { exchange in
///       exchange.respond(HTTPResponse(status: 200, body: exchange.request.body))
///     }
///     server.start()
public final class HTTPServer: Sendable {
  private let core: ServerCore
  private let endpoints: [HTTPEndpoint]

  /// How many connections are open above the most that are served, while they are told so.
  public static let turnedAwayCountMax = Int(CHS_TURNED_AWAY_COUNT_MAX)

  /// What the server has done, for health pages and metrics.
  public struct Statistics: Hashable, Sendable {
    /// Connections that are open now.
    public let connectionCount: UInt64
    /// Requests handed to the handler since the start.
    public let requestCount: UInt64
    /// Requests that the server refused by itself since the start.
    public let refusalCount: UInt64
    /// Waiting connections that made room for others since the start.
    public let evictedCount: UInt64
    /// Bytes that requests, and answers that wait for their readers, take now.
    public let memorySize: UInt64
  }

  /// Listens on all endpoints; connections wait until `start`.
  ///
  /// - Parameters:
  ///   - admission: says of a request whose body has not arrived whether it is wanted; is called on
  ///     the I/O thread and must return quickly. A body that comes with its head is not asked for.
  ///   - handler: is called on the I/O thread and must return quickly; it may answer at once or
  ///     keep the exchange and answer from any thread.
  public init(
    configuration: HTTPServerConfiguration,
    admission: @escaping @Sendable (HTTPRequest.Head) -> HTTPAdmission = { _ in
      .admitted(bodySizeMax: .max)
    }, handler: @escaping @Sendable (HTTPExchange) -> Void
  ) throws(HTTPServerError) {
    endpoints = configuration.endpoints
    core = try ServerCore(configuration, admission, handler)
  }

  /// Begins to serve.
  public func start() {
    unsafe chs_server_start(core.server)
  }

  /// The port that each endpoint listens on, `nil` for a Unix socket.
  public var boundPorts: [Int?] {
    endpoints.indices.map { index in
      let port = unsafe chs_server_port(core.server, index)
      return port == 0 ? nil : Int(port)
    }
  }

  /// The port of the first loopback endpoint.
  public var boundPort: Int? {
    boundPorts.lazy.compactMap { $0 }.first
  }

  public var statistics: Statistics {
    let now = unsafe chs_server_statistics(core.server)
    return Statistics(
      connectionCount: now.connection_count, requestCount: now.request_count,
      refusalCount: now.refusal_count, evictedCount: now.evicted_count,
      memorySize: now.memory_size)
  }

  /// Stops accepting, lets exchanges finish, closes what is left after the deadline, and returns
  /// when all of that has happened. Streams that follow something for ever should be finished by
  /// their writers before.
  ///
  /// Called on the I/O thread (from a handler) it only begins to stop.
  ///
  /// - Returns: how many connections had to be cut off.
  @discardableResult
  public func stop(deadline: Duration = .seconds(10)) -> Int {
    unsafe Int(chs_server_stop(core.server, deadline.milliseconds))
  }
}

/// Owns a `chs_server`.
@safe private final class ServerCore: @unchecked Sendable {
  // The C side may be called from any thread.
  let server: OpaquePointer

  init(
    _ configuration: HTTPServerConfiguration,
    _ admission: @escaping @Sendable (HTTPRequest.Head) -> HTTPAdmission,
    _ handler: @escaping @Sendable (HTTPExchange) -> Void
  ) throws(HTTPServerError) {
    for case .loopback(let host, let port) in configuration.endpoints
    where UInt16(exactly: port) == nil {
      throw HTTPServerError(
        endpoint: .loopback(host: host, port: port),
        failure: chs_error(endpoint_index: 0, kind: Int32(CHS_NOT_LOOPBACK), code: 0))
    }
    let receiver = Receiver(
      admission: admission, handler: handler, refusal: configuration.refusal)
    let context = unsafe Unmanaged.passRetained(receiver)
    var failure = chs_error()
    let created = unsafe withEndpoints(configuration.endpoints) { endpoints in
      unsafe chs_server_create(
        endpoints, configuration.endpoints.count, chs_limits(configuration),
        Receiver.callbacks(context.toOpaque()), &failure)
    }
    guard let created = unsafe created else {
      unsafe context.release()
      throw HTTPServerError(
        endpoint: configuration.endpoints[Int(failure.endpoint_index)], failure: failure)
    }
    unsafe server = created
  }

  deinit { unsafe chs_server_free(server) }
}

extension chs_limits {
  fileprivate init(_ configuration: HTTPServerConfiguration) {
    self.init(
      head_size_max: configuration.headSizeMax, body_size_max: configuration.bodySizeMax,
      connection_count_max: configuration.connectionCountMax,
      peer_connection_count_max: configuration.peerConnectionCountMax,
      reserved_connection_count: configuration.reservedConnectionCount,
      memory_size_max: configuration.memorySizeMax,
      idle_ms: configuration.idleTimeout.milliseconds,
      head_ms: configuration.headTimeout.milliseconds,
      body_ms: configuration.bodyTimeout.milliseconds,
      send_ms: configuration.sendTimeout.milliseconds)
  }
}

/// Lends the endpoints to a C function.
private func withEndpoints<Result>(
  _ endpoints: [HTTPEndpoint], _ body: (UnsafePointer<chs_endpoint>) -> Result
) -> Result {
  // Each text with its NUL, one after the other.
  var texts: [CChar] = []
  let offsets = endpoints.map { endpoint in
    defer {
      switch endpoint {
      case .unixSocket(let path, _): texts += path.utf8CString
      case .loopback(let host, _): texts += host.utf8CString
      case .inherited: break
      }
    }
    return texts.count
  }
  return unsafe texts.withUnsafeBufferPointer { text in
    let list = unsafe zip(endpoints, offsets).map { endpoint, offset in
      let start = unsafe text.baseAddress.map { unsafe $0 + offset }
      return switch endpoint {
      case .unixSocket(_, let group):
        unsafe chs_endpoint(
          path: start, host: nil, port: 0, descriptor: -1, group: group.map { Int64($0) } ?? -1)
      case .loopback(_, let port):
        unsafe chs_endpoint(
          path: nil, host: start, port: UInt16(port), descriptor: -1, group: -1)
      case .inherited(let descriptor):
        unsafe chs_endpoint(path: nil, host: nil, port: 0, descriptor: descriptor, group: -1)
      }
    }
    // An empty list still has an address.
    return unsafe (list + [chs_endpoint()]).withUnsafeBufferPointer { list in
      unsafe body(list.baseAddress!)
    }
  }
}
