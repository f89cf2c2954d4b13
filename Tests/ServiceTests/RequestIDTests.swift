// The id of a request: in its answer, and in the problem that it gets.

import HTTP
import JSON
import RunningRedress
import Testing

@testable import Service

struct RequestIDTests {
  @Test func `every answer has an id, and no two have the same`() async throws {
    try await RunningService.with { running in
      let none = [(name: "X-Request-Id", value: "")]
      let first = await running.get("/healthz", none).header("X-Request-Id")
      let second = await running.get("/v1/refunds?tenant=acme", none).header("X-Request-Id")
      #expect(first?.isEmpty == false && second?.isEmpty == false && first != second)
    }
  }

  @Test func `a problem has the id of its answer`() async throws {
    try await RunningService.with { running in
      let answer = await running.get("/v1/refunds/none?tenant=acme")
      #expect(answer.status == 404)
      let problem = try JSONValue(parsing: answer.body)
      #expect(problem["requestId"]?.string == answer.header("X-Request-Id"))
    }
  }

  @Test(arguments: ["abc-7", "A.b_c", String(repeating: "x", count: 64)])
  func `the caller's id is taken`(id: String) throws {
    #expect(RequestID(of: try request(id)).text == id)
  }

  @Test(arguments: ["", "maria@example.com", "a b", "a\u{E9}", String(repeating: "x", count: 65)])
  func `what is no plain id is replaced`(id: String) throws {
    let text = RequestID(of: try request(id)).text
    #expect(text != id && RequestID.isValid(text.utf8))
  }

  private func request(_ id: String) throws -> HTTPRequest {
    try #require(
      HTTPRequest(method: "GET", target: "/", headers: [("Host", "x"), ("X-Request-Id", id)]))
  }
}
