// Requests that two readers could understand differently, or nobody at all: each is refused with
// 4xx, the connection is closed, nothing reaches the handler, and the server goes on.

import Curl
import Foundation
import HTTP
import SeededRandom
import Testing

struct MalformedRequest: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  var testDescription: String { name }

  static func of(_ name: String, _ text: String) -> MalformedRequest {
    MalformedRequest(name: name, text: text)
  }

  static func fields(_ name: String, _ fields: String, body: String = "") -> MalformedRequest {
    of(name, "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)")
  }

  static func chunks(_ name: String, _ body: String) -> MalformedRequest {
    fields(name, "Transfer-Encoding: chunked", body: body)
  }

  static let hello = "5\r\nhello\r\n0\r\n\r\n"

  static let requestLines: [MalformedRequest] = [
    of("no method", " / HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a method with a colon", "G:T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a tab instead of a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    of("no version (HTTP/0.9)", "GET /\r\n\r\n"),
    of("a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n"),
    of("HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    of("HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    of("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
    of("a TLS hello", "\u{16}\u{03}\u{01}\u{00}\u{05}hello"),
    of("a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    of("a bare CR after the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
    of("an empty line before", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a byte that is not ASCII", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a NUL in the target", "GET /a\u{0}b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("an escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("half an escape", "GET /a%4 HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("an escape that is not hexadecimal", "GET /a?b=%zz HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("an escape that is not UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a way out of the root", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a way out before a combining mark", "GET /a/../%CC%81b HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a relative target", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a star that is not for OPTIONS", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    of("a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n"),
  ]

  static let hosts: [MalformedRequest] = [
    of("no Host", "GET / HTTP/1.1\r\n\r\n"),
    of("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    of("the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    of("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    of("a Host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    of("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    of("a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
    of("a Host with a wrong port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
  ]

  static let headerLines: [MalformedRequest] = [
    fields("a space before the colon", "X : y"),
    fields("a tab before the colon", "Content-Length\t: 5", body: "hello"),
    fields("an empty name", ": y"),
    fields("a line without a colon", "X"),
    fields("a name with a space", "X Y: z"),
    fields("a name that is not ASCII", "Ü: z"),
    fields("a NUL in a value", "X: a\u{0}b"),
    fields("a bare CR in a value", "X: a\rb"),
    fields("a bare LF in a value", "X: a\nb"),
    fields("a bare LF that hides a header", "X: a\nContent-Length: 5", body: "hello"),
    fields("a folded header", "X: a\r\n b"),
    fields("a folded header after a tab", "X: a\r\n\tb"),
    fields("a folded header that begins empty", "X:\r\n b"),
    of("a first line that is folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    fields("a delete character", "X: a\u{7f}b"),
    fields("an unknown expectation", "Expect: 200-ok"),
  ]

  static let lengths: [MalformedRequest] = [
    fields("two lengths", "Content-Length: 5\r\nContent-Length: 6", body: "hello"),
    fields("the same length twice", "Content-Length: 5\r\nContent-Length: 5", body: "hello"),
    fields("a list of lengths", "Content-Length: 5, 5", body: "hello"),
    fields("a signed length", "Content-Length: +5", body: "hello"),
    fields("a negative length", "Content-Length: -5", body: "hello"),
    fields("a hexadecimal length", "Content-Length: 0x5", body: "hello"),
    fields("a length with a unit", "Content-Length: 5 bytes", body: "hello"),
    fields("an empty length", "Content-Length:", body: "hello"),
    fields("a length beyond 64 bits", "Content-Length: 18446744073709551621", body: "hello"),
    fields("length, then chunked", "Content-Length: 5\r\nTransfer-Encoding: chunked", body: hello),
    fields("chunked, then length", "Transfer-Encoding: chunked\r\nContent-Length: 5", body: hello),
    fields("gzip and a length", "Transfer-Encoding: gzip\r\nContent-Length: 5", body: "hello"),
  ]

  static let encodings: [MalformedRequest] = [
    fields("gzip, chunked", "Transfer-Encoding: gzip, chunked", body: hello),
    fields("chunked, gzip", "Transfer-Encoding: chunked, gzip", body: hello),
    fields("chunked, chunked", "Transfer-Encoding: chunked, chunked", body: hello),
    fields(
      "chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", body: hello),
    fields("identity", "Transfer-Encoding: identity", body: "hello"),
    fields("xchunked", "Transfer-Encoding: xchunked", body: hello),
    fields("chunked in quotes", "Transfer-Encoding: \"chunked\"", body: hello),
    fields("chunked with a parameter", "Transfer-Encoding: chunked;q=1", body: hello),
    fields("an empty encoding", "Transfer-Encoding:", body: hello),
    fields("chunked with a vertical tab", "Transfer-Encoding: \u{b}chunked", body: hello),
    of(
      "chunked in HTTP/1.0",
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + hello),
  ]

  static let chunkedBodies: [MalformedRequest] = [
    chunks("a size that is no number", "zz\r\nhello\r\n0\r\n\r\n"),
    chunks("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
    chunks("a negative size", "-5\r\nhello\r\n0\r\n\r\n"),
    chunks("a size beyond 64 bits", "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
    chunks("a size that overflows a sum", "5\r\nhello\r\nFFFFFFFFFFFFFFFB\r\nhello\r\n0\r\n\r\n"),
    chunks("no size", "\r\nhello\r\n0\r\n\r\n"),
    chunks("a space before the size", " 5\r\nhello\r\n0\r\n\r\n"),
    chunks("a space after the size", "5 \r\nhello\r\n0\r\n\r\n"),
    chunks("a bare LF after the size", "5\nhello\r\n0\r\n\r\n"),
    chunks("a bare LF after the chunk", "5\r\nhello\n0\r\n\r\n"),
    chunks("a chunk longer than its size", "5\r\nhello!\r\n0\r\n\r\n"),
    chunks("a bare LF in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"),
    chunks("a bare LF in a quoted extension", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
    chunks("a bare CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
    chunks("a length in the trailers", "5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n"),
    chunks("a trailer without a colon", "5\r\nhello\r\n0\r\nX\r\n\r\n"),
    chunks("a body that ends early", "5\r\nhel"),
  ]

  static let all = requestLines + hosts + headerLines + lengths + encodings + chunkedBodies
}

struct MalformedRequestTests {
  @Test(arguments: MalformedRequest.all)
  func `it is refused and the next client is served`(malformed: MalformedRequest) throws {
    let reached = Shared(0)
    let running = try RunningServer { exchange in
      reached.with { $0 += 1 }
      RunningServer.echo(exchange)
    }
    let connection = running.connect()
    connection.send(malformed.text)
    // What follows must never be taken for a request of its own.
    connection.send("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.shutDownSending()
    let text = try #require(connection.receiveToEnd())
    #expect(text.hasPrefix("HTTP/1.1 4"))
    #expect(text.contains("Connection: close\r\n"))
    #expect(text.contains("application/problem+json"))
    #expect(text.components(separatedBy: "\r\nDate: ").count == 2)
    #expect(reached.value == 0)
    #expect(try running.client.send(method: "GET", target: "/").status == 200)
  }

  @Test func `the table has no fewer than 33 requests with distinct names`() {
    #expect(MalformedRequest.all.count >= 33)
    #expect(Set(MalformedRequest.all.map(\.name)).count == MalformedRequest.all.count)
  }

  @Test func `what the service says about refusals is its own`() throws {
    let running = try RunningServer(configure: {
      $0.refusal = { status, detail in
        HTTPResponse(status: status, headers: [("X-Own", "yes")], body: Array(detail.utf8))
      }
    })
    let connection = running.connect()
    connection.send("GET / HTTP/1.1\r\n\r\n")
    let text = try #require(connection.receiveToEnd())
    #expect(text.contains("X-Own: yes\r\n"))
    #expect(text.hasSuffix("HTTP/1.1 wants exactly one Host."))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `random pieces of requests never stop the server`(seed: UInt64) throws {
    let running = try RunningServer(configure: { $0.headTimeout = .milliseconds(100) })
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let connection = running.connect()
      let pieces = [
        "GET ", "/", " HTTP/1.1", "\r\n", "\n", "\r", "Host: a", ":", " ", "0", "5;",
        "Transfer-Encoding: chunked", "Content-Length: 3", "\0", "é", ",", "abc", "POST ",
      ]
      let text = (0..<Int.random(in: 1...40, using: &random))
        .map { _ in pieces.randomElement(using: &random)! }.joined()
      connection.send(text)
      connection.shutDownSending()
      #expect(connection.receiveToEnd() != nil)
    }
    #expect(try running.client.send(method: "GET", target: "/").status == 200)
  }
}
