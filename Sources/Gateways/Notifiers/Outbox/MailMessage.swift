// One message as bytes (RFC 5322, RFC 2045, RFC 2047), from texts that are not trusted:
//
//   From: =?utf-8?B?QWNtZSDigqw=?= <refunds@example.com>
//   To: <robin@example.com>
//   Subject: Your refund srf_8Q2 has been paid
//   …
//
//   Hello,=20
//
// - Lines end with CRLF and have at most 76 characters before it, all of them ASCII; only a
//   Message-ID, which no line break may divide, has as many as its names need.
// - No text begins a header line of its own: a text that is not plain is encoded, after its control
//   characters and line separators became spaces, so that a reader that decodes it finds none.

import EventSourcing

/// A plain text message to one person.
struct MailMessage {
  /// Unique for ever, `[A-Za-z0-9._-]`: the left half of the Message-ID.
  var id: String
  var sender: EmailAddress
  var senderName: String
  var recipient: EmailAddress
  var subject: String
  /// Lines that end with `\n`.
  var body: String
  var date: Timestamp

  var bytes: [UInt8] {
    let header = [
      "From: \(HeaderText.phrase(senderName, after: 6))<\(sender)>",
      "To: <\(recipient)>",
      "Subject: \(HeaderText.unstructured(subject, after: 9))",
      "Date: \(Self.date(date))",
      "Message-ID: <\(id)@\(sender.domain)>",
      "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
    ]
    return Array((header.joined(separator: "\r\n") + "\r\n\r\n").utf8)
      + QuotedPrintable.encode(body)
  }

  /// `16 Jan 2026 10:00:00 +0000` (RFC 5322, section 3.3).
  private static func date(_ time: Timestamp) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = time.description
    let date = text.prefix(10).split(separator: "-")
    guard let month = Int(date[1]) else { preconditionFailure("a time without a month: \(text)") }
    return "\(date[2]) \(months[month - 1]) \(date[0]) \(text.dropFirst(11).prefix(8)) +0000"
  }
}
