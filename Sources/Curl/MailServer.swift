// Where mail is handed to, and as whom.

/// A server that takes mail (RFC 5321).
public struct MailServer: Hashable, Sendable {
  /// `smtps://HOST:PORT`, with TLS from the beginning, or `smtp://HOST:PORT`, with TLS after
  /// STARTTLS, which only a server on this machine may do without.
  public let url: String
  /// Whom to log in as; `nil` for a server that asks for no login.
  public var login: Login?
  /// A file of certificates (PEM) that are trusted instead of the system's.
  public var authorities: String?

  /// Never shows its password.
  public struct Login: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public var user: String
    public var password: String

    public init(user: String, password: String) {
      (self.user, self.password) = (user, password)
    }

    public var description: String { user }

    public var customMirror: Mirror { Mirror(self, children: ["user": user]) }
  }

  /// - Returns: `nil` unless the text is such a URL, with a host, a port and nothing after it.
  public init?(url: String) {
    let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, ["smtp", "smtps"].contains(parts[0]),
      let colon = parts[1].lastIndex(of: ":"), colon > parts[1].startIndex,
      let port = UInt16(parts[1][parts[1].index(after: colon)...]), port > 0,
      parts[1].hasSuffix(":\(port)")
    else { return nil }
    let host = parts[1][..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
    let inner = isBracketed ? host.dropFirst().dropLast() : host
    guard
      inner.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: isBracketed && byte == UInt8(ascii: ":")
        }
      })
    else { return nil }
    self.url = url
    isOnThisMachine = ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
  }

  /// Whether no byte leaves this machine on the way to it.
  public let isOnThisMachine: Bool
}
