// The wrapper of hiredis, over a real Redis that is killed and halted.

import Redis
import RunningRedis
import Testing

struct `The address of a Redis` {
  @Test(arguments: [
    ("unix:/run/redis.sock", RedisAddress.unixSocket(path: "/run/redis.sock")),
    ("redis.example:6379", .server(host: "redis.example", port: 6379)),
    ("127.0.0.1:1", .server(host: "127.0.0.1", port: 1)),
    ("[::1]:65535", .server(host: "::1", port: 65_535)),
  ])
  func `is a socket or a host with a port`(_ text: String, _ address: RedisAddress) throws {
    let read = try #require(RedisAddress(text))
    #expect(read == address && read.description == text)
    #expect(try text.wholeMatch(of: Regex(RedisAddress.pattern)) != nil)
  }

  @Test(arguments: [
    "", "redis", ":6379", "redis:", "redis:0", "redis:06379", "redis:65536", "redis:+1", "a b:1",
    "unix:", "unix:/", "unix:redis.sock", "unix:/a b",
    "unix:/" + String(repeating: "x", count: 107),
    "[::1]", "[::g]:1", "::1:6379", "redis://redis:6379", "é:1", "redis:6379\n",
  ])
  func `is nothing else, as its pattern says, too`(_ text: String) throws {
    #expect(RedisAddress(text) == nil)
    #expect(try text.wholeMatch(of: Regex(RedisAddress.pattern)) == nil)
  }
}

@Suite(.enabled(if: RunningRedis.isInstalled, "\(RunningRedis.remedy)"))
struct `A connection to Redis` {
  private let redis: RunningRedis

  init() throws { redis = try RunningRedis() }

  private func connection(timeLimit: Duration = .seconds(5)) throws -> RedisConnection {
    try RedisConnection(to: redis.address, timeLimit: timeLimit)
  }

  @Test func `gives every type of reply`() throws {
    let connection = try connection()
    let odd = "a b\r\n\"é\0 $1"
    #expect(try connection.send(["SET", odd, odd]) == .text("OK"))
    #expect(try connection.send(["GET", odd]) == .text(odd))
    #expect(try connection.send(["GET", "none"]) == .nothing)
    #expect(try connection.send(["INCR", "n"]) == .integer(1))
    #expect(try connection.send(["SET", "", ""]) == .text("OK"))
    #expect(
      try connection.send(["MGET", "n", "", "none"]) == .list([.text("1"), .text(""), .nothing]))
  }

  @Test func `throws what Redis refuses, and goes on`() throws {
    let connection = try connection()
    let error = #expect(throws: RedisError.self) { try connection.send(["NONE"]) }
    #expect(error?.kind == .refusal && error?.message.contains("unknown command") == true)
    #expect(try connection.send(["PING"]) == .text("PONG"))
  }

  @Test func `fails for good when Redis is killed`() throws {
    let connection = try connection()
    #expect(try connection.send(["PING"]) == .text("PONG"))
    redis.kill()
    let error = #expect(throws: RedisError.self) { try connection.send(["PING"]) }
    #expect(error?.kind == .connection)
    let refused = #expect(throws: RedisError.self) { try self.connection() }
    #expect(refused?.description.contains("cannot be reached: Connection refused") == true)
    try redis.start()
    #expect(throws: RedisError.self) { try connection.send(["PING"]) }
    #expect(try self.connection().send(["PING"]) == .text("PONG"))
  }

  @Test func `does not wait longer than its limit, and never takes a late answer`() throws {
    let connection = try connection(timeLimit: .milliseconds(100))
    redis.halt()
    defer { redis.proceed() }
    var error: RedisError?
    let duration = ContinuousClock().measure {
      error = #expect(throws: RedisError.self) { try connection.send(["INCR", "n"]) }
    }
    #expect(error?.message == "no answer within 0.1 seconds")
    #expect(duration >= .milliseconds(90) && duration < .seconds(2))
    redis.proceed()
    #expect(throws: RedisError.self) { try connection.send(["PING"]) }
  }

  @Test func `executes a script, also in a Redis that does not know it`() throws {
    let script = RedisScript("return {KEYS[1], ARGV[1], 7}")
    let expected = RedisReply.list([.text("k"), .text("a"), .integer(7)])
    for _ in 0..<2 {
      let connection = try connection()
      for _ in 0..<2 {
        #expect(try script.run(over: connection, keys: ["k"], arguments: ["a"]) == expected)
      }
      #expect(try connection.send(["SCRIPT", "FLUSH"]) == .text("OK"))
      #expect(try script.run(over: connection, keys: ["k"], arguments: ["a"]) == expected)
      redis.kill()
      try redis.start()
    }
  }
}
