// Requests and answers that a well-behaved client would send and expect.

import Curl
import Foundation
import HTTP
import Testing

struct ExchangeTests {
  @Test func `a request arrives whole and its answer comes back whole`() throws {
    let seen = Shared<[HTTPRequest]>([])
    let running = try RunningServer { exchange in
      seen.with { $0.append(exchange.request) }
      exchange.respond(
        HTTPResponse(status: 201, headers: [("X-Answer", "yes")], body: Array("done".utf8)))
    }
    let response = try running.client.send(
      method: "PUT", target: "/v1/a%20b/c%2Fd?tenant=ac%26me&plus=1+1&flag",
      headers: [("Content-Type", "text/plain"), ("X-Two", "1"), ("x-two", " 2 ")],
      body: Array("hello".utf8))
    #expect(response.status == 201)
    #expect(response.header("x-answer") == "yes")
    #expect(response.header("content-length") == "4")
    #expect(response.header("date")?.hasSuffix("GMT") == true)
    #expect(response.body == Array("done".utf8))
    let request = try #require(seen.value.first)
    #expect(request.method == "PUT")
    #expect(request.target == "/v1/a%20b/c%2Fd?tenant=ac%26me&plus=1+1&flag")
    #expect(request.path == "/v1/a b/c/d")
    #expect(request.pathSegments == ["v1", "a b", "c/d"])
    #expect(request.queryValue("tenant") == "ac&me")
    #expect(request.queryValue("plus") == "1+1")
    #expect(request.queryValue("flag") == "")
    #expect(request.queryValue("other") == nil)
    #expect(request.header("CONTENT-TYPE") == "text/plain")
    #expect(request.header("X-Two") == "1, 2")
    #expect(request.header("X-Three") == nil)
    #expect(request.headers.contains { $0 == ("X-Two", "1") })
    #expect(request.body == Array("hello".utf8))
    #expect(request.endpoint == 0)
  }

  @Test func `the peer of a Unix socket is known, the peer on TCP is not`() throws {
    let seen = Shared<[HTTPRequest]>([])
    let running = try RunningServer { exchange in
      seen.with { $0.append(exchange.request) }
      exchange.respond(HTTPResponse(status: 204))
    }
    let port = try #require(running.server.boundPort)
    #expect(try running.client.send(method: "GET", target: "/").status == 204)
    let overTCP = HTTPClient(baseURL: "http://127.0.0.1:\(port)/")
    #expect(try overTCP.send(method: "GET", target: "/").status == 204)
    #expect(seen.value.map(\.peer) == [HTTPRequest.Peer(uid: getuid(), pid: getpid()), nil])
    #expect(seen.value.map(\.endpoint) == [0, 1])
  }

  @Test func `one connection serves many requests`() throws {
    let running = try RunningServer()
    let client = running.client
    for number in 0..<50 {
      let body = Array("number \(number)".utf8)
      #expect(try client.send(method: "POST", target: "/", body: body).body == body)
      #expect(running.server.statistics.connectionCount == 1)
    }
    #expect(running.server.statistics.requestCount == 50)
  }

  @Test func `pipelined requests are answered in order, even when they finish out of order`()
    async throws
  {
    let held = Shared<[HTTPExchange]>([])
    let running = try RunningServer { exchange in
      if exchange.request.path.hasSuffix("0") { return held.with { $0.append(exchange) } }
      apart { Self.name(exchange) }
    }
    let connection = running.connect()
    for number in 0..<30 {
      connection.send("GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n")
    }
    connection.send("GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let box = Sendables(connection)
    async let received = onThread { box.value.receiveToEnd() }
    let path = running.socketPath
    for index in 0..<3 {
      #expect(await held.wait { $0.count > index })
      // Another connection is served meanwhile, so the requests behind this one could be, too.
      let aside = await onThread {
        try? HTTPClient(socketPath: path).send(method: "GET", target: "/aside")
      }
      #expect(aside?.status == 200)
      Self.name(held.value[index])
    }
    held.with { $0 = [] }
    let text = try #require(await received)
    let paths = text.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" } }
    #expect(paths == (0..<30).map { "/\($0)" } + ["/end"])
  }

  /// Answers with the path between angle brackets.
  private static func name(_ exchange: HTTPExchange) {
    exchange.respond(HTTPResponse(status: 200, body: Array("<\(exchange.request.path)>".utf8)))
  }

  @Test func `a hundred clients at once each get their own answers from other threads`()
    async throws
  {
    let running = try RunningServer { exchange in
      apart {
        exchange.respond(HTTPResponse(status: 200, body: exchange.request.body))
      }
    }
    let path = running.socketPath
    let wrong = await withTaskGroup(of: Int.self) { group in
      for client in 0..<100 {
        group.addTask {
          await onThread {
            let connection = HTTPClient(socketPath: path)
            return (0..<20).count { number in
              let body = Array("\(client)/\(number)".utf8)
              let response = try? connection.send(method: "POST", target: "/", body: body)
              return response?.body != body
            }
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
    #expect(running.server.statistics.requestCount == 2000)
  }

  @Test func `HEAD gets the headers of GET without its body`() throws {
    let running = try RunningServer { exchange in
      exchange.respond(HTTPResponse(status: 200, body: Array("twelve bytes".utf8)))
    }
    let connection = running.connect()
    connection.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let text = try #require(connection.receiveToEnd())
    #expect(text.components(separatedBy: "Content-Length: 12\r\n").count == 3)
    #expect(text.components(separatedBy: "twelve bytes").count == 2)
    #expect(try running.client.send(method: "HEAD", target: "/").body.isEmpty)
  }

  @Test func `an answer without content has no length`() throws {
    let running = try RunningServer { $0.respond(HTTPResponse(status: 204)) }
    let response = try running.client.send(method: "DELETE", target: "/x")
    #expect(response.header("content-length") == nil)
  }

  @Test func `an HTTP 1.0 client gets its answer and the end of the connection`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    connection.send("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi")
    let text = try #require(connection.receiveToEnd())
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(text.hasSuffix("\r\n\r\nhi"))
  }

  @Test func `a client that has closed its sending side still gets its answer`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
    connection.shutDownSending()
    #expect(try #require(connection.receiveToEnd()).hasSuffix("\r\n\r\nhi"))
  }

  @Test func `a request that arrives byte by byte is understood`() throws {
    let running = try RunningServer()
    let connection = running.connect()
    let text =
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: t\r\n\r\n"
      + "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      + "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nxyz"
    for byte in text.utf8 { connection.send([byte]) }
    let answer = try #require(connection.receiveToEnd())
    #expect(answer.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
    #expect(answer.contains("\r\n\r\nabcdHTTP/1.1"))
    #expect(answer.hasSuffix("\r\n\r\nxyz"))
  }

  @Test func `an exchange dropped without an answer is answered with 500`() throws {
    let running = try RunningServer(handler: { _ in })
    let response = try running.client.send(method: "GET", target: "/")
    #expect(response.status == 500)
    #expect(response.header("content-type") == "application/problem+json")
  }

  @Test func `a header that would begin another line is answered with 500 instead`() throws {
    let running = try RunningServer {
      $0.respond(HTTPResponse(status: 200, headers: [("X", "a\r\nSet-Cookie: b")]))
    }
    let response = try running.client.send(method: "GET", target: "/")
    #expect(response.status == 500)
    #expect(response.header("set-cookie") == nil)
  }

  @Test func `the client sends no header that would begin another line`() throws {
    let running = try RunningServer()
    #expect(throws: HTTPClientError.self) {
      try running.client.send(method: "GET", target: "/", headers: [("X", "a\r\nY: b")])
    }
    #expect(running.server.statistics.requestCount == 0)
  }

  @Test func `an absolute target and OPTIONS with a star are served`() throws {
    let running = try RunningServer { exchange in
      exchange.respond(HTTPResponse(status: 200, body: Array(exchange.request.path.utf8)))
    }
    let connection = running.connect()
    connection.send("GET http://example.org/x?y=z HTTP/1.1\r\nHost: a\r\n\r\n")
    connection.send("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let text = try #require(connection.receiveToEnd())
    #expect(text.contains("\r\n\r\n/xHTTP/1.1"))
    #expect(text.hasSuffix("\r\n\r\n*"))
  }
}

/// Carries something to the one thread that uses it from then on.
struct Sendables<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
