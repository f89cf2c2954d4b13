// What is too large or too slow, on both sides of each boundary.

import Curl
import Foundation
import HTTP
import Testing

struct LimitTests {
  static let bodySizeMax = 16 * 1024 * 1024

  @Test func `a body of exactly 16 MiB is taken and one byte more is refused`() throws {
    let running = try RunningServer { exchange in
      exchange.respond(
        HTTPResponse(status: 200, body: Array("\(exchange.request.body.count)".utf8)))
    }
    let client = running.client
    let body = [UInt8](repeating: 7, count: LimitTests.bodySizeMax)
    let taken = try client.send(method: "POST", target: "/", body: body)
    #expect(taken.status == 200)
    #expect(String(decoding: taken.body, as: UTF8.self) == "\(body.count)")
    #expect(try client.send(method: "POST", target: "/", body: body + [7]).status == 413)
    #expect(try client.send(method: "POST", target: "/", body: [1]).status == 200)
  }

  @Test(arguments: [0, 1]) func `the same holds for a chunked body`(excess: Int) throws {
    let running = try RunningServer { exchange in
      exchange.respond(
        HTTPResponse(status: 200, body: Array("\(exchange.request.body.count)".utf8)))
    }
    let connection = running.connect()
    connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
    let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 7, count: 1 << 20) + [13, 10]
    for _ in 0..<16 { connection.send(chunk) }
    if excess == 1 { connection.send("1\r\nx\r\n") }
    connection.send("0\r\n\r\n")
    let text = try #require(connection.receiveToEnd())
    #expect(text.hasPrefix(excess == 0 ? "HTTP/1.1 200 " : "HTTP/1.1 413 "))
  }

  @Test func `a body of announced length comes back unchanged`() throws {
    let running = try RunningServer()
    let body = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    #expect(try running.client.send(method: "POST", target: "/", body: body).body == body)
  }

  @Test func `a client that waits for 100 Continue is told to go on`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    #expect(connection.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
    connection.send("hello")
    #expect(connection.receive(until: "hello").hasPrefix("HTTP/1.1 200 OK\r\n"))
  }

  @Test func `a client that waits for 100 Continue with too large a body is told 413`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    connection.send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
    #expect(try #require(connection.receiveToEnd()).hasPrefix("HTTP/1.1 413 "))
  }

  @Test func `a head of 16 KiB is taken and one byte more is refused with 431`() throws {
    let running = try RunningServer()
    let start = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: "
    let room = 16 * 1024 - start.utf8.count - 4
    for (excess, status) in [(0, 200), (1, 431), (100_000, 431)] {
      let connection = running.connect()
      connection.send(start + String(repeating: "x", count: room + excess) + "\r\n\r\n")
      #expect(try #require(connection.receiveToEnd()).hasPrefix("HTTP/1.1 \(status) "))
    }
  }

  @Test func `trailers without end are refused`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n")
    connection.send("X: " + String(repeating: "x", count: 100_000))
    #expect(try #require(connection.receiveToEnd()).hasPrefix("HTTP/1.1 431 "))
  }

  @Test func `a head or a body that stalls is answered with 408`() throws {
    let running = try RunningServer(configure: {
      $0.headTimeout = .milliseconds(50)
      $0.bodyTimeout = .milliseconds(50)
    })
    for stalled in ["GET / HT", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"] {
      let connection = running.connect()
      connection.send(stalled)
      #expect(try #require(connection.receiveToEnd()).hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func `an idle connection is closed without a word`() throws {
    let running = try RunningServer(configure: { $0.idleTimeout = .milliseconds(50) })
    #expect(running.connect().receiveToEnd() == "")
  }
}
