// One message on its way to a mail server: libcurl takes it piece by piece, and hands over each
// line that the server answers.

/// A message, and what the server said of it.
final class Upload {
  private var rest: ArraySlice<UInt8>
  /// Whether libcurl has taken all of it, and its end is on its way.
  private(set) var isWhole = false
  /// The line that the server sent last, without its end.
  private(set) var lastReply = ""
  private var hasReplyAfterEnd = false

  init(_ message: [UInt8]) { rest = message[...] }

  /// - Returns: how many bytes were given; 0 at the end.
  func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    let piece = rest.prefix(room.count)
    unsafe room.copyBytes(from: piece)
    rest = rest.dropFirst(piece.count)
    if rest.isEmpty { isWhole = true }
    return piece.count
  }

  /// One line of an answer.
  func takeReply(_ line: UnsafeRawBufferPointer) {
    let text = unsafe String(decoding: line, as: UTF8.self)
    // The answer to QUIT, which libcurl sends before it returns, also after a refusal.
    if text.hasPrefix("221") { return }
    lastReply = String(text.prefix { !$0.isNewline }.prefix(500))
    hasReplyAfterEnd = isWhole
  }

  /// The code of the last line, such as 550; 0 where there was none.
  var replyCode: Int { Int(lastReply.prefix(3)) ?? 0 }

  /// Whether the last line is the server's answer to the whole message.
  var isAnswered: Bool { hasReplyAfterEnd }

  /// Whether the server has taken the message.
  var isTaken: Bool { isAnswered && (200..<300).contains(replyCode) }

  /// Whether the last line is about a login, or what the sender may do (RFC 3463, X.7.X).
  var isReplyAboutRights: Bool {
    if [530, 534, 535].contains(replyCode) { return true }
    return lastReply.dropFirst(4).hasPrefix("5.7.")
  }
}
