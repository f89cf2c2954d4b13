// Where the server listens and what it allows.

/// A place to listen on.
public enum HTTPEndpoint: Hashable, Sendable, CustomStringConvertible {
  /// A Unix socket that only its user and group may open (mode 0660); at most 107 bytes of path.
  /// The group is the one that this process creates files with, if none is given.
  case unixSocket(path: String, group: UInt32? = nil)

  /// A loopback address (`127.0.0.1`, `::1` or `localhost`); port 0 takes any free one.
  case loopback(host: String, port: Int)

  /// A socket that listens already, as a service manager hands it over: a Unix socket, or TCP on
  /// a loopback address. Its file stays when the server stops.
  case inherited(descriptor: Int32)

  public var description: String {
    switch self {
    case .unixSocket(let path, _): path
    case .inherited(let descriptor): "descriptor \(descriptor)"
    case .loopback(let host, let port):
      host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}

/// The server's endpoints and limits.
public struct HTTPServerConfiguration: Sendable {
  public var endpoints: [HTTPEndpoint]

  /// A request body larger than this is answered with 413.
  public var bodySizeMax = 16 * 1024 * 1024

  /// A request line with its header lines larger than this is answered with 431.
  public var headSizeMax = 16 * 1024

  /// Further connections are answered with 503.
  public var connectionCountMax = 4096

  /// How many of them one user of the Unix socket may have, other than the user that the server
  /// runs as and root; and how many each loopback address. One more takes the place of the one that
  /// has waited longest for a request, or is answered with 503 where none waits.
  public var peerConnectionCountMax = 1024

  /// How many are kept for the user that the server runs as, and root.
  public var reservedConnectionCount = 256

  /// Bytes that all requests, and all answers that wait for their readers, take together. A request
  /// that needs more is answered with 503; a reader whose answer needs more is cut off.
  public var memorySizeMax = 192 * 1024 * 1024

  /// How long a connection may stay open without a request.
  public var idleTimeout = Duration.seconds(60)

  /// How long a request head may take, from its first byte, before it is answered with 408.
  public var headTimeout = Duration.seconds(10)

  /// How long a request body may take, from the end of its head, before it is answered with 408.
  public var bodyTimeout = Duration.seconds(60)

  /// How long a peer may take for each 64 KiB of its answer before it is cut off.
  public var sendTimeout = Duration.seconds(30)

  /// Makes the answer to a request that the server refuses by itself: 400, 408, 413, 417, 431, 503,
  /// and 500 for an exchange that was dropped.
  ///
  /// It is called on the I/O thread and must return quickly.
  public var refusal: @Sendable (_ status: Int, _ detail: String) -> HTTPResponse = {
    .problem(status: $0, detail: $1)
  }

  public init(endpoints: [HTTPEndpoint]) {
    self.endpoints = endpoints
  }
}

extension Duration {
  var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
