// A complete request, as a handler sees it.
//
// What must always hold: `path` and `query` are decoded, valid UTF-8 and free of NUL; `head` holds
// header lines that the parser has accepted, or lines made by `init`, so that it has one reading.

/// A request with its whole body.
public struct HTTPRequest: Sendable {
  /// Who is at the other end of a Unix socket, as the kernel says (SO_PEERCRED).
  public struct Peer: Hashable, Sendable {
    public let uid: UInt32
    public let pid: Int32

    public init(uid: UInt32, pid: Int32) {
      self.uid = uid
      self.pid = pid
    }
  }

  public let method: String

  /// The request target as it was sent.
  public let target: String

  /// The path, percent-decoded, without the query; `*` for `OPTIONS *`.
  public let path: String

  /// The query's pairs in order, percent-decoded; `+` stays `+`, a pair without `=` has the value
  /// "".
  public let query: [(name: String, value: String)]

  public let body: [UInt8]

  /// `nil` on TCP.
  public let peer: Peer?

  /// The index in the configuration's endpoints.
  public let endpoint: Int

  /// The header lines, each with its CRLF.
  let head: [UInt8]

  /// Makes a request that came over no connection.
  ///
  /// - Returns: `nil` if the target is malformed.
  public init?(
    method: String, target: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = [], peer: Peer? = nil, endpoint: Int = 0
  ) {
    guard let fields = HeaderLines.encode(headers) else { return nil }
    self.init(
      method: method, target: target, head: fields, body: body, peer: peer, endpoint: endpoint)
  }

  /// Takes what the parser of a connection has accepted.
  ///
  /// - Parameter head: the header lines, each with its CRLF.
  /// - Returns: `nil` if the target is malformed.
  package init?(
    method: String, target: String, head: [UInt8], body: [UInt8], peer: Peer?, endpoint: Int
  ) {
    guard let parts = RequestTarget(target, method: method) else { return nil }
    self.method = method
    self.target = target
    self.path = parts.path
    self.query = parts.query
    self.head = head
    self.body = body
    self.peer = peer
    self.endpoint = endpoint
  }

  /// The path's segments, decoded one by one, so that an escaped slash does not separate:
  /// `/streams/refund%2F7` has the segments `streams` and `refund/7`.
  public var pathSegments: [String] {
    // The common case: nothing to decode, nothing to leave out.
    let utf8 = target.utf8
    if utf8.first == UInt8(ascii: "/"),
      !utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "?") })
    {
      return utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }
    let raw = RequestTarget.pathAndQuery(of: target[...])
    return raw.prefix { $0 != "?" }.split(separator: "/").compactMap {
      RequestTarget.percentDecoded($0)
    }
  }

  /// The first value of that name in the query.
  public func queryValue(_ name: String) -> String? {
    query.first { $0.name == name }?.value
  }

  /// The value of a header, `nil` if it was not sent; several lines are joined with `, `.
  ///
  /// - Parameter name: in any case.
  public func header(_ name: String) -> String? {
    var found: String?
    HeaderLines.forEach(in: head) { line in
      guard line.hasName(name) else { return }
      found = found.map { $0 + ", " + line.value } ?? line.value
    }
    return found
  }

  /// All headers in the order they were sent.
  public var headers: [(name: String, value: String)] {
    var all: [(name: String, value: String)] = []
    HeaderLines.forEach(in: head) { all.append(($0.name, $0.value)) }
    return all
  }
}
