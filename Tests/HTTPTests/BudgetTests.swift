// What all connections share: places, memory, and the server's patience with those who do not read.

import Curl
import Foundation
import HTTP
import Testing

struct BudgetTests {
  /// A server whose handler keeps every request.
  private static func holding(
    _ configure: (inout HTTPServerConfiguration) -> Void
  ) throws -> (RunningServer, Shared<[HTTPExchange]>) {
    let held = Shared<[HTTPExchange]>([])
    let running = try RunningServer(
      configure: configure, handler: { exchange in held.with { $0.append(exchange) } })
    return (running, held)
  }

  private static func release(_ held: Shared<[HTTPExchange]>) {
    for exchange in held.value { exchange.respond(HTTPResponse(status: 200)) }
    held.with { $0 = [] }
  }

  @Test func `a connection too many is told so, and there is room again later`() async throws {
    let (running, held) = try Self.holding { $0.connectionCountMax = 2 }
    let connections = [running.connect(), running.connect()]
    for connection in connections { connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
    #expect(await held.wait { $0.count == 2 })
    #expect(try #require(running.connect().receiveToEnd()).hasPrefix("HTTP/1.1 503 "))
    Self.release(held)
    for connection in connections {
      #expect(connection.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    }
    let next = running.connect()
    next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await held.wait { $0.count == 1 })
    Self.release(held)
    #expect(next.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `the connection that waits longest makes room for one that asks`() throws {
    let running = try RunningServer(configure: { $0.connectionCountMax = 2 })
    let first = running.connect()
    first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(first.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    let second = running.connect()
    second.send("GET / HT")
    for _ in 0..<10 {
      #expect(try running.client.send(method: "GET", target: "/").status == 200)
    }
    #expect(first.receiveToEnd() == "")
    #expect(running.server.statistics.evictedCount >= 1)
  }

  @Test func `those of one loopback address leave the socket its own`() async throws {
    let (running, held) = try Self.holding { $0.peerConnectionCountMax = 1 }
    let port = try #require(running.server.boundPort)
    let one = try #require(RawConnection(port: port))
    one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await held.wait { $0.count == 1 })
    let other = try #require(RawConnection(port: port))
    #expect(try #require(other.receiveToEnd()).hasPrefix("HTTP/1.1 503 "))
    let socket = running.connect()
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await held.wait { $0.count == 2 })
    Self.release(held)
    #expect(socket.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
  }

  @Test(arguments: ["Content-Length: 2000000", "Transfer-Encoding: chunked"])
  func `bodies take no more memory than there is, and give it back`(length: String) throws {
    let running = try RunningServer(configure: { $0.memorySizeMax = 1 << 20 })
    let connection = running.connect()
    connection.send("POST / HTTP/1.1\r\nHost: a\r\n\(length)\r\n\r\n")
    if length.hasPrefix("T") { connection.send("1e8480\r\n") }
    let piece = [UInt8](repeating: 0x20, count: 1 << 17)
    for _ in 0..<16 where !connection.send(piece) { break }
    #expect(connection.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 503 "))
    let small = [UInt8](repeating: 0x20, count: 100_000)
    #expect(try running.client.send(method: "POST", target: "/", body: small).body == small)
    connection.shutDownSending()
    _ = connection.receiveToEnd()
    #expect(running.server.statistics.memorySize < 100_000)
  }

  @Test func `a request that is kept keeps its share of the memory`() async throws {
    let (running, held) = try Self.holding { $0.memorySizeMax = 1 << 20 }
    let body = String(repeating: " ", count: 700_000)
    let first = running.connect()
    first.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n")
    first.send(String(body.prefix(400_000)))
    #expect(await held.wait { $0.count == 1 })
    let second = running.connect()
    second.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 700000\r\n\r\n\(body)")
    #expect(second.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 503 "))
    Self.release(held)
    #expect(first.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
  }

  @Test(arguments: [
    // No time, and no memory to wait in.
    (Duration.milliseconds(100), 64 << 20), (.seconds(600), 1 << 20),
  ])
  func `a reader that does not take its answer is cut off`(
    _ patience: Duration, _ memory: Int
  ) async throws {
    let isTaken = Shared<Bool?>(nil)
    let answer = [UInt8](repeating: 7, count: 8 << 20)
    let running = try RunningServer(
      configure: { ($0.sendTimeout, $0.memorySizeMax) = (patience, memory) },
      handler: { exchange in
        let stream = exchange.startStream(status: 200)
        stream.write(answer) { taken in isTaken.with { $0 = taken } }
      })
    let connection = running.connect()
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await isTaken.wait { $0 == false })
    #expect(try #require(connection.receiveToEnd()).utf8.count < answer.count)
    #expect(running.server.statistics.memorySize < 100_000)
  }

  @Test func `a body that is not wanted is not waited for`() throws {
    let running = try RunningServer(
      configure: { _ in },
      admission: { head in
        head.request.path == "/no"
          ? .refused(HTTPResponse(status: 403, body: Array("no".utf8)))
          : .admitted(bodySizeMax: 10)
      })
    for (target, length, status) in [
      ("/no", "Content-Length: 5000", 403), ("/no", "Transfer-Encoding: chunked", 403),
      ("/yes", "Transfer-Encoding: chunked", 413),
    ] {
      let connection = running.connect()
      connection.send(
        "POST \(target) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\(length)\r\n\r\n")
      if status == 413 {
        connection.send("b\r\nhello world\r\n0\r\n\r\n")
        #expect(connection.receive(until: "413").contains("413"))
      } else {
        #expect(connection.receive(until: "\r\n\r\nno").hasPrefix("HTTP/1.1 403 "))
      }
    }
    #expect(
      try running.client.send(method: "POST", target: "/yes", body: Array("hello".utf8)).status
        == 200)
  }
}
