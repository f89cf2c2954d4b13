// Why a command of Redis was not executed. Arguments may be names of persons, so none is shown.

/// A connection that failed, or a refusal by Redis.
public struct RedisError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// Nothing listens, the connection broke, or the time limit passed.
    case connection
    /// Redis answered with an error, whose first word is its kind, such as `NOSCRIPT`.
    case refusal
    /// An answer of another type than the command has.
    case unexpectedReply
  }

  public let address: RedisAddress
  public let kind: Kind
  public let message: String

  init(_ address: RedisAddress, _ kind: Kind, _ message: String) {
    (self.address, self.kind, self.message) = (address, kind, message)
  }

  /// For a reply that the caller's command does not have.
  public init(unexpected reply: RedisReply, from connection: RedisConnection) {
    self.init(connection.address, .unexpectedReply, "\(reply)")
  }

  public var description: String {
    switch kind {
    case .connection: "Redis at \(address) cannot be reached: \(message)"
    case .refusal: "Redis at \(address) refuses: \(message)"
    case .unexpectedReply: "Redis at \(address) gives an unexpected reply: \(message)"
    }
  }
}
