// A synchronous SMTP client over libcurl.
//
// What must always hold: one instance is used by one thread at a time; a message counts as taken
// only once the server has said so after its last line; password and message go over TLS, to a
// server whose certificate is vouched for, unless it is on this machine.

internal import CCurl

/// Hands messages to a mail server.
public final class MailClient {
  /// How long the server may take until it accepts messages: address, connection, TLS, login.
  public var connectTimeout = Duration.seconds(60)

  /// How long it may take for one answer, also while it looks at a whole message (RFC 5321,
  /// 4.5.3.2.6).
  public var answerTimeout = Duration.seconds(600)

  public let server: MailServer
  private let handle = CurlHandle()

  public init(_ server: MailServer) { self.server = server }

  deinit { handle.breakConnection() }

  /// Hands over a message (RFC 5322), and waits until the server has taken it.
  ///
  /// - Parameters:
  ///   - message: its lines end with CRLF.
  ///   - cancellation: ends it within about a second; the server may have taken it then.
  public func send(
    _ message: [UInt8], from sender: String, to recipient: String,
    endingWith cancellation: Cancellation = Cancellation()
  ) throws(MailClientError) {
    // A line break would begin a command of its own.
    for (address, outcome) in [
      (sender, MailClientError.Outcome.serverFailed), (recipient, .messageRefused),
    ] {
      guard address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>".utf8.contains($0) }) else {
        throw MailClientError(
          server: server.url, message: "an address has a character that no address has",
          outcome: outcome)
      }
    }
    prepare()
    handle.set(CURLOPT_MAIL_FROM, "<\(sender)>")
    handle.end(when: cancellation)
    let upload = Upload(message)
    let code = handle.send(upload, to: "<\(recipient)>")
    // Any success counts, and libcurl knows one only.
    if code == CURLE_OK || code == CURLE_WEIRD_SERVER_REPLY && upload.isTaken { return }
    // What comes late on this connection must not be taken for the next message's answer.
    handle.breakConnection()
    throw MailClientError(server.url, code, upload, words: handle.message(for: code))
  }

  private func prepare() {
    handle.reset()
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout.milliseconds)
    handle.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(answerTimeout.components.seconds))
    handle.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    handle.set(CURLOPT_NOPROXY, "*")
    handle.set(CURLOPT_URL, server.url)
    let tls = server.isOnThisMachine ? CURLUSESSL_TRY : CURLUSESSL_ALL
    handle.set(CURLOPT_USE_SSL, Int(tls.rawValue))
    if let authorities = server.authorities {
      handle.trustOnly(authorities)
    } else if server.isOnThisMachine {
      // A mail server of this machine has a certificate that it made itself.
      handle.set(CURLOPT_SSL_VERIFYPEER, 0)
      handle.set(CURLOPT_SSL_VERIFYHOST, 0)
    }
    if let login = server.login {
      handle.set(CURLOPT_USERNAME, login.user)
      handle.set(CURLOPT_PASSWORD, login.password)
    }
  }
}

/// Why a message was not taken.
public struct MailClientError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Outcome: Hashable, Sendable {
    /// This message, or its recipient, will never be taken.
    case messageRefused
    /// This message may be taken later; others may be taken now.
    case messageDelayed
    /// The server takes no message now, or none of ours.
    case serverFailed
    /// The server does not let us in, and may lock out who tries too often.
    case loginRefused
  }

  /// Its URL.
  public let server: String
  /// In libcurl's words, which hold no address, or as the code of the server's reply.
  public let message: String
  /// The last line that the server sent, which may hold an address; empty where there was none.
  public let reply: String
  public let outcome: Outcome

  public var description: String { "\(server): \(message)" }

  init(server: String, message: String, reply: String = "", outcome: Outcome) {
    (self.server, self.message, self.reply, self.outcome) = (server, message, reply, outcome)
  }

  /// libcurl gives one error for every command that was refused, and says in words which it was.
  init(_ server: String, _ code: CURLcode, _ upload: Upload, words: String) {
    let isOfRecipient = words.hasPrefix("RCPT failed") || words.hasPrefix("DATA failed")
    let outcome: Outcome =
      if code == CURLE_LOGIN_DENIED {
        .loginRefused
      } else if upload.isAnswered || isOfRecipient {
        // That the sender may not send, or must log in first, is often the answer to RCPT (5.7.X).
        upload.replyCode >= 500 && !upload.isReplyAboutRights ? .messageRefused : .messageDelayed
      } else if upload.isWhole {
        // The connection was cut, or the answer did not come: the next message has its turn.
        .messageDelayed
      } else {
        .serverFailed
      }
    self.init(
      server: server,
      message: upload.isAnswered
        ? "the server answers \(upload.replyCode) to the message" : words.withoutDurations,
      reply: upload.lastReply, outcome: outcome)
  }
}

extension String {
  /// The same failure in the same words, however long it took.
  fileprivate var withoutDurations: String {
    replacing(#/ after [0-9]+ (ms|milliseconds)/#, with: "")
  }
}
