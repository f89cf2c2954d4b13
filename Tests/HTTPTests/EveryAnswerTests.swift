// Every answer tells a browser not to guess and not to share, also one that no handler has made.

import HTTP
import Testing

struct `Every answer` {
  private static let lines = [
    "\r\nX-Content-Type-Options: nosniff\r\n", "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
  ]

  @Test(arguments: [
    ("GET / HTTP/1.1", 200), ("HEAD / HTTP/1.1", 200), ("GET /same HTTP/1.1", 304),
    ("GET /stream HTTP/1.1", 200), ("GET /dropped HTTP/1.1", 500), ("GET /bad HTTP/1.1", 500),
    ("nothing", 400), ("GET / HTTP/1.1\r\nContent-Length: 99999", 413),
    ("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 20_000), 431),
    ("GET / HTTP/1.1\r\nExpect: other", 417),
  ])
  func `has both headers once`(head: String, status: Int) throws {
    let handler: @Sendable (HTTPExchange) -> Void = { exchange in
      switch exchange.request.path {
      case "/same": exchange.respond(HTTPResponse(status: 304, headers: [("ETag", "\"a\"")]))
      case "/stream": exchange.startStream(status: 200).finish()
      case "/dropped": break
      case "/bad": exchange.respond(HTTPResponse(status: 200, headers: [("A", "b\nc")]))
      default: exchange.respond(HTTPResponse(status: 200, body: [1]))
      }
    }
    let running = try RunningServer(configure: { $0.bodySizeMax = 100 }, handler: handler)
    let connection = running.connect()
    connection.send("\(head)\r\nHost: a\r\nConnection: close\r\n\r\n")
    let answer = try #require(connection.receiveToEnd())
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(40))")
    let end = try #require(answer.firstRange(of: "\r\n\r\n"))
    for line in Self.lines {
      #expect(answer[..<end.upperBound].ranges(of: line).count == 1, "\(answer)")
    }
  }

  @Test func `has them in memory too`() async throws {
    let request = try #require(HTTPRequest(method: "GET", target: "/"))
    for isStream in [false, true] {
      let answer = await request.answer { exchange in
        if isStream { return exchange.startStream(status: 200).finish() }
        exchange.respond(HTTPResponse(status: 204))
      }
      let names = answer.response.headers.map(\.name)
      #expect(names == ["X-Content-Type-Options", "Cross-Origin-Resource-Policy"])
    }
  }
}
