// The generic cell rate algorithm as one step of Redis. What must hold: it decides as
// `RequestRates` does, in whole microseconds, rounded in the caller's favour; what Redis keeps of a
// caller is gone once its requests are paid for.

import Redis

/// Counts in a Redis, under the keys `redress:rate:` and the caller.
enum GCRAScript {
  /// ARGV is the cost of the requests and how much may be saved up, in microseconds. It gives how
  /// much too early they come; 0 or less if they may be made.
  private static let script = RedisScript(
    """
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local cost, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
    local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
    local early = due - now + math.min(cost, tolerance) - tolerance
    if early <= 0 then
      local left = math.ceil((due + cost - now) / 1000)
      redis.call('SET', KEYS[1], string.format('%.0f', due + cost), 'PX', left)
    end
    return early
    """)

  static func take(
    _ count: Int, by counter: RequestCounter, at rate: Int, over connection: RedisConnection
  ) throws(RedisError) -> SharedRates.Decision {
    let tolerance = Int(RequestRates.burstSeconds) * 1_000_000
    let reply = try script.run(
      over: connection, keys: [key(of: counter)],
      arguments: ["\(count * 1_000_000 / rate)", "\(tolerance)"])
    guard case .integer(let early) = reply else {
      throw RedisError(unexpected: reply, from: connection)
    }
    return early > 0 ? .refused(afterSeconds: early / 1_000_000 + 1) : .taken
  }

  private static func key(of counter: RequestCounter) -> String {
    let name =
      switch counter {
      case .person(let name): "person:\(name)"
      case .service(let name): "service:\(name)"
      case .stranger(let user?, let route): "user-\(user):\(route)"
      case .stranger(nil, let route): "loopback:\(route)"
      }
    return "redress:rate:\(name)"
  }
}
