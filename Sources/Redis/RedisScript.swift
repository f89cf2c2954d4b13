// A program that Redis executes as one step. What must hold: its text is sent once, and again where
// a Redis does not know it, such as after a restart.

internal import Synchronization

/// A program in Lua (redis.io/docs/latest/develop/programmability/eval-intro).
public final class RedisScript: Sendable {
  private let source: String
  /// The name by which Redis knows the program: the same for each Redis.
  private let digest = Mutex<String?>(nil)

  public init(_ source: String) { self.source = source }

  /// Executes the program.
  ///
  /// - Throws: ``RedisError``.
  public func run(
    over connection: RedisConnection, keys: [String], arguments: [String]
  ) throws(RedisError) -> RedisReply {
    let words = ["\(keys.count)"] + keys + arguments
    let digest = try self.digest(over: connection)
    do throws(RedisError) { return try connection.send(["EVALSHA", digest] + words) } catch {
      guard error.kind == .refusal, error.message.hasPrefix("NOSCRIPT") else { throw error }
      return try connection.send(["EVAL", source] + words)
    }
  }

  private func digest(over connection: RedisConnection) throws(RedisError) -> String {
    if let digest = digest.withLock({ $0 }) { return digest }
    let reply = try connection.send(["SCRIPT", "LOAD", source])
    guard case .text(let digest) = reply else {
      throw RedisError(unexpected: reply, from: connection)
    }
    self.digest.withLock { $0 = digest }
    return digest
  }
}
