// One connection to a Redis, over hiredis. What must hold: connecting, sending and receiving take
// at most the time limit each, apart from the lookup of a host's name; and a connection that failed
// once fails always, because a late answer would be taken for the next one's.

internal import CHiredis
internal import Glibc
internal import Synchronization

/// Executes commands one after the other. The process has to ignore SIGPIPE.
public final class RedisConnection: Sendable {
  public let address: RedisAddress
  private let timeLimit: Duration
  private let context: Mutex<Context>

  /// hiredis' state of the connection.
  @safe private struct Context: ~Copyable {
    let pointer: UnsafeMutablePointer<redisContext>

    deinit { unsafe redisFree(pointer) }

    /// Whether the last call failed because its time had passed.
    var hasTimedOut: Bool {
      unsafe pointer.pointee.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    /// What failed; `nil` while the connection works.
    var failure: String? {
      guard unsafe pointer.pointee.err != 0 else { return nil }
      return unsafe withUnsafeBytes(of: pointer.pointee.errstr) { text in
        unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }

  /// Connects.
  ///
  /// - Parameter timeLimit: for connecting, and for each command to be sent and to be answered.
  /// - Throws: ``RedisError``.
  public init(to address: RedisAddress, timeLimit: Duration) throws(RedisError) {
    (self.address, self.timeLimit) = (address, timeLimit)
    let limit = timeval(timeLimit)
    let opened =
      switch address {
      case .unixSocket(let path): unsafe redisConnectUnixWithTimeout(path, limit)
      case .server(let host, let port): unsafe redisConnectWithTimeout(host, Int32(port), limit)
      }
    guard let opened = unsafe opened else {
      throw RedisError(address, .connection, "out of memory")
    }
    let context = unsafe Context(pointer: opened)
    var failure = context.failure
    if failure == nil, unsafe redisSetTimeout(opened, limit) != REDIS_OK {
      failure = context.failure ?? "its time limit cannot be set"
    }
    self.context = Mutex(context)
    if let failure { throw RedisError(address, .connection, failure) }
  }

  /// Executes a command.
  ///
  /// - Parameter words: the command and its arguments.
  /// - Throws: ``RedisError``.
  public func send(_ words: [String]) throws(RedisError) -> RedisReply {
    let result = context.withLock { context -> Result<RedisReply, RedisError> in
      // hiredis would send it all the same.
      if let failure = context.failure {
        return .failure(RedisError(address, .connection, failure))
      }
      guard let answer = unsafe Self.execute(words, over: context.pointer) else {
        let message =
          context.hasTimedOut ? "no answer within \(timeLimit)" : context.failure ?? "no answer"
        return .failure(RedisError(address, .connection, message))
      }
      defer { unsafe freeReplyObject(answer) }
      let reply = unsafe ReceivedReply(reply: answer)
      return reply.isError
        ? .failure(RedisError(address, .refusal, reply.text)) : .success(reply.copy)
    }
    return try result.get()
  }

  /// - Returns: `nil` where the connection failed; otherwise what the caller frees.
  private static func execute(
    _ words: [String], over context: UnsafeMutablePointer<redisContext>
  ) -> UnsafeMutablePointer<redisReply>? {
    let bytes = words.flatMap { $0.utf8.map { CChar(bitPattern: $0) } }
    let lengths = words.map { $0.utf8.count }
    return unsafe bytes.withUnsafeBufferPointer { text in
      var starts: [UnsafePointer<CChar>?] = unsafe []
      var start = 0
      for length in lengths {
        unsafe starts.append(text.baseAddress.map { unsafe $0 + start })
        start += length
      }
      let reply = unsafe redisCommandArgv(context, Int32(words.count), &starts, lengths)
      return unsafe reply?.assumingMemoryBound(to: redisReply.self)
    }
  }
}

extension timeval {
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  }
}
