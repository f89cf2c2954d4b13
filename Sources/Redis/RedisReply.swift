// What Redis answers, copied out of hiredis' memory.

internal import CHiredis

/// A reply of RESP2 (redis.io/docs/latest/develop/reference/protocol-spec); errors are thrown.
public enum RedisReply: Equatable, Sendable {
  case nothing
  case integer(Int)
  /// A status or a string; bytes that are not UTF-8 are replaced.
  case text(String)
  case list([RedisReply])
}

/// A reply in hiredis' memory.
@safe struct ReceivedReply {
  let reply: UnsafeMutablePointer<redisReply>

  var isError: Bool { unsafe reply.pointee.type == REDIS_REPLY_ERROR }

  var text: String {
    guard let start = unsafe reply.pointee.str else { return "" }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: reply.pointee.len)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }

  var copy: RedisReply {
    switch unsafe reply.pointee.type {
    case REDIS_REPLY_INTEGER: return unsafe .integer(Int(reply.pointee.integer))
    case REDIS_REPLY_NIL: return .nothing
    case REDIS_REPLY_ARRAY:
      let count = unsafe reply.pointee.elements
      return .list(
        (0..<count).map { index in
          guard let element = unsafe reply.pointee.element?[index] else { return .nothing }
          return unsafe ReceivedReply(reply: element).copy
        })
    default: return .text(text)
    }
  }
}
