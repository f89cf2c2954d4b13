// Exchanges without a connection are answered as those of a connection are.

import HTTP
import Testing

struct InMemoryTests {
  private func request(_ method: String = "GET") throws -> HTTPRequest {
    try #require(HTTPRequest(method: method, target: "/a?b=c"))
  }

  @Test func `an answer comes back whole, and without its body to HEAD`() async throws {
    let answer: @Sendable (HTTPExchange) -> Void = { exchange in
      exchange.respond(
        HTTPResponse(status: 201, headers: [("X-Target", exchange.request.target)], body: [1, 2]))
    }
    let get = await (try request()).answer(by: answer)
    #expect(get.response.status == 201)
    #expect(get.response.headers.first?.value == "/a?b=c")
    #expect(get.response.body == [1, 2])
    #expect(get.isComplete)
    let head = await (try request("HEAD")).answer(by: answer)
    #expect(head.response.status == 201)
    #expect(head.response.body.isEmpty)
  }

  @Test func `a stream is collected until it is finished`() async throws {
    let answer = await (try request()).answer { exchange in
      let stream = exchange.startStream(status: 200, headers: [("X-Kind", "stream")])
      stream.write([1]) { taken in
        #expect(taken)
        stream.write([2]) { _ in stream.finish() }
      }
    }
    #expect(answer.response.body == [1, 2])
    #expect(answer.response.headers.first?.value == "stream")
    #expect(answer.isComplete)
  }

  @Test func `a stream that is dropped is not complete`() async throws {
    let answer = await (try request()).answer { exchange in
      exchange.startStream(status: 200).write([1]) { _ in }
    }
    #expect(answer.response.body == [1])
    #expect(!answer.isComplete)
  }

  @Test func `an exchange that is dropped is answered with 500`() async throws {
    let answer = await (try request()).answer { _ in }
    #expect(answer.response.status == 500)
  }
}
