// Where a Redis listens, as an operator writes it. What must hold: `pattern` allows the texts that
// `init` accepts and no others, so that the schema of redress.json and the service agree.

/// A Unix socket, or a port of a host.
public enum RedisAddress: Sendable, Hashable, CustomStringConvertible {
  case unixSocket(path: String)
  /// A name, an IPv4 address or an IPv6 address without brackets.
  case server(host: String, port: Int)

  /// A regular expression (JSON Schema) of all texts that are addresses.
  public static let pattern =
    #"^(unix:/[!-~]{1,106}|([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):"#
    + "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))$"

  /// - Parameter text: `unix:` and an absolute path, or `HOST:PORT`; `nil` for any other.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = text.dropFirst("unix:".count)
      // A socket's path has at most 107 bytes (unix(7)).
      guard path.hasPrefix("/"), (2...107).contains(path.utf8.count),
        path.utf8.allSatisfy({ (UInt8(ascii: "!")...UInt8(ascii: "~")).contains($0) })
      else { return nil }
      self = .unixSocket(path: String(path))
    } else {
      guard let colon = text.lastIndex(of: ":"),
        let port = Self.port(text[text.index(after: colon)...]),
        let host = Self.host(text[..<colon])
      else { return nil }
      self = .server(host: host, port: port)
    }
  }

  private static func port(_ text: Substring) -> Int? {
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      !text.hasPrefix("0"), let port = Int(text), port <= 65_535
    else { return nil }
    return port
  }

  private static func host(_ text: Substring) -> String? {
    if text.hasPrefix("["), text.hasSuffix("]") {
      let address = text.dropFirst().dropLast()
      let isWellFormed = address.unicodeScalars.allSatisfy {
        $0.properties.isASCIIHexDigit || $0 == ":" || $0 == "."
      }
      return isWellFormed && (2...45).contains(address.utf8.count) ? String(address) : nil
    }
    let isWellFormed = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isWellFormed && (1...253).contains(text.utf8.count) ? String(text) : nil
  }

  public var description: String {
    switch self {
    case .unixSocket(let path): "unix:\(path)"
    case .server(let host, let port):
      host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }
}
