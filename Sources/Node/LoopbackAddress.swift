// Where the service listens for pages and reads: this machine alone.

/// A loopback address with its port.
public struct LoopbackAddress: Sendable, Hashable {
  public let host: String
  /// 0 for any free one.
  public let port: Int

  /// What is wrong with a text, as a predicate: `is not HOST:PORT, …`.
  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// - Parameter text: `HOST:PORT`; an IPv6 address stands in brackets.
  public init(_ text: String) throws(Fault) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon > text.startIndex
    else { throw Fault(description: "is not HOST:PORT, such as 127.0.0.1:8080") }
    let word = text[..<colon]
    let host = word.hasPrefix("[") ? word.dropFirst().dropLast() : word
    guard host == "localhost" || host == "::1" || host.hasPrefix("127.") else {
      throw Fault(
        description: "is no loopback address; use 127.0.0.1:\(port), and a reverse proxy for other "
          + "machines")
    }
    (self.host, self.port) = (String(host), port)
  }
}
