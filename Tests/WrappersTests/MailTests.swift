// Which addresses of mail servers are accepted, and what is never sent to one. What servers answer
// is a conformance program's matter.

import Curl
import Testing

struct `A mail server` {
  @Test(arguments: [
    ("smtps://mail.example.com:465", false), ("smtp://mail-2.example.com:587", false),
    ("smtp://localhost:25", true), ("smtp://127.0.0.1:1025", true), ("smtp://[::1]:25", true),
    ("smtp://[2001:db8::1]:25", false),
  ])
  func `has an address with a host and a port`(url: String, isOnThisMachine: Bool) throws {
    let server = try #require(MailServer(url: url))
    #expect(server.url == url && server.isOnThisMachine == isOnThisMachine)
  }

  @Test(arguments: [
    "", "mail.example.com", "mail.example.com:25", "http://mail.example.com:25",
    "smtp://mail.example.com", "smtp://mail.example.com:0", "smtp://mail.example.com:65536",
    "smtp://:25", "smtp://mail.example.com:25/", "smtp://user:word@mail.example.com:25",
    "smtp://mail.example.com:25?x", "smtp://a b:25", "smtp://[]:25", "smtp://2001:db8::1:25",
    "smtp://mail.example.com:+25", "smtp://mail.example.com\r\n:25",
  ])
  func `has no other address`(url: String) { #expect(MailServer(url: url) == nil) }

  @Test(arguments: ["a@b\r\nDATA", "a b@c", "<a@b", "a@b>", "ä@b"])
  func `gets no address that would be more than one`(address: String) throws {
    let client = MailClient(try #require(MailServer(url: "smtp://127.0.0.1:1")))
    for (sender, recipient, outcome) in [
      (address, "a@b", MailClientError.Outcome.serverFailed), ("a@b", address, .messageRefused),
    ] {
      let error = #expect(throws: MailClientError.self) {
        try client.send([], from: sender, to: recipient)
      }
      #expect(error?.outcome == outcome && error?.reply == "")
    }
  }

  @Test func `that is not there fails`() throws {
    let client = MailClient(try #require(MailServer(url: "smtp://127.0.0.1:1")))
    let error = #expect(throws: MailClientError.self) {
      try client.send(Array("Subject: x\r\n\r\n".utf8), from: "a@b", to: "c@d")
    }
    #expect(error?.outcome == .serverFailed && error?.reply == "")
  }
}
