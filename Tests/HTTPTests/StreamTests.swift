// Answers whose body is sent piece by piece.

import Curl
import Foundation
import HTTP
import Testing

struct StreamTests {
  @Test func `pieces arrive in order, and the connection serves the next request`() async throws {
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200, headers: [("Content-Type", "text/plain")])
      apart {
        for number in 0..<1000 { _ = await stream.write(Array("\(number)\n".utf8)) }
        _ = await stream.write([])
        stream.finish()
      }
    }
    let path = running.socketPath
    let texts = await onThread {
      let client = HTTPClient(socketPath: path)
      return (0..<3).map { _ in
        var text: [UInt8] = []
        let response = try? client.stream(target: "/") {
          text += $0
          return true
        }
        return response?.status == 200 ? String(decoding: text, as: UTF8.self) : "failed"
      }
    }
    let expected = (0..<1000).map { "\($0)\n" }.joined()
    #expect(texts == [expected, expected, expected])
    #expect(running.server.statistics.connectionCount <= 1)
  }

  /// Writes pieces one after the other on the server's I/O thread.
  private static func write(_ count: Int, to stream: HTTPBodyStream, taken: Shared<Int>) {
    guard taken.value < count else { return stream.finish() }
    stream.write([UInt8](repeating: 1, count: 100_000)) { isTaken in
      guard isTaken else { return }
      taken.with { $0 += 1 }
      write(count, to: stream, taken: taken)
    }
  }

  @Test func `a slow reader holds the writer back`() async throws {
    let taken = Shared(0)
    let pieceCount = 400
    let running = try RunningServer { exchange in
      if exchange.request.path == "/aside" { return exchange.respond(HTTPResponse(status: 204)) }
      Self.write(pieceCount, to: exchange.startStream(status: 200), taken: taken)
    }
    let path = running.socketPath
    let (before, received) = await onThread {
      var received = 0
      let connection = RawConnection(socketPath: path)!
      connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      received += connection.receive(upTo: 1)?.count ?? 0
      // The writer goes on until the kernel takes no more. A piece that the kernel can take is
      // taken between two other answers, which come from the same thread.
      let aside = HTTPClient(socketPath: path)
      var (before, last) = (0, -1)
      while before != last, (try? aside.send(method: "GET", target: "/aside"))?.status == 204 {
        (before, last) = (taken.value, before)
      }
      while let bytes = connection.receive(upTo: 1 << 20), !bytes.isEmpty {
        received += bytes.count
      }
      return (before, received)
    }
    #expect((1..<pieceCount / 2).contains(before))
    #expect(taken.value == pieceCount)
    #expect(received > pieceCount * 100_000)
  }

  @Test func `a writer learns that its reader has left`() async throws {
    let wasRefused = Shared(false)
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200)
      apart {
        while await stream.write([UInt8](repeating: 1, count: 100_000)) {}
        wasRefused.with { $0 = true }
      }
    }
    var connection: RawConnection? = running.connect()
    connection?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = connection?.receive(until: "\r\n\r\n")
    connection = nil
    #expect(await wasRefused.wait { $0 })
  }

  @Test func `an idle stream learns that its reader has left`() async throws {
    let hasClosed = Shared(false)
    let kept = Shared<[HTTPBodyStream]>([])
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200)
      stream.onClose { hasClosed.with { $0 = true } }
      stream.write(Array("first".utf8)) { _ in }
      kept.with { $0.append(stream) }
    }
    var connection: RawConnection? = running.connect()
    connection?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = connection?.receive(until: "first")
    #expect(!hasClosed.value)
    connection = nil
    #expect(await hasClosed.wait { $0 })
    let late = Shared(false)
    kept.value.first?.onClose { late.with { $0 = true } }
    #expect(late.value)
    let answer = Shared<Bool?>(nil)
    kept.value.first?.write([1]) { taken in answer.with { $0 = taken } }
    #expect(await answer.wait { $0 == false })
    kept.with { $0 = [] }
  }

  @Test func `a stream that is dropped leaves its reader with a broken body`() throws {
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200)
      stream.write(Array("part".utf8)) { _ in }
    }
    #expect(throws: HTTPClientError.self) {
      try running.client.stream(target: "/") { _ in true }
    }
  }

  @Test func `a request sent during a stream is answered after it`() throws {
    let kept = Shared<[HTTPBodyStream]>([])
    let running = try RunningServer { exchange in
      guard exchange.request.path == "/stream" else { return RunningServer.echo(exchange) }
      kept.with { $0.append(exchange.startStream(status: 200)) }
    }
    let connection = running.connect()
    connection.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = connection.receive(until: "\r\n\r\n")
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nne")
    connection.send("xt")
    kept.value.first?.write(Array("piece".utf8)) { _ in }
    kept.value.first?.finish()
    let text = connection.receive(until: "next")
    #expect(text.hasPrefix("5\r\npiece\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"))
  }

  @Test func `HEAD and HTTP 1.0 get streams without chunks`() throws {
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200)
      stream.write(Array("piece".utf8)) { _ in }
      stream.finish()
    }
    let connection = running.connect()
    connection.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.send("GET / HTTP/1.0\r\n\r\n")
    let text = try #require(connection.receiveToEnd())
    #expect(text.hasSuffix("\r\n\r\npiece"))
    #expect(text.components(separatedBy: "piece").count == 2)
    #expect(!text.contains("chunked"))
  }

  @Test func `a reader may stop a stream when it has seen enough`() async throws {
    let running = try RunningServer { exchange in
      let stream = exchange.startStream(status: 200)
      apart { while await stream.write([UInt8](repeating: 1, count: 1000)) {} }
    }
    var received = 0
    let response = try running.client.stream(target: "/") {
      received += $0.count
      return received < 10_000
    }
    #expect(response.status == 200)
    #expect(received >= 10_000)
  }
}
