// A read model is one folder and one line: Greetings is nowhere but in its folder and in the lists
// below.

import EventLog
import EventSourcing
import JSON
import Projecting
import RunningRedress
import Testing

struct `A read model that is only a folder` {
  @Test func `has its table, rows, query, route and page`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let moved = try await redress.submit(
      "assign", "AssignCase", #"{"caseId":"k1","owner":"kim"}"#, actor: "agent/kim")
    #expect(moved.isAccepted)
    let runtime = try ProjectionRuntime(
      folder: redress.folder + "/others", logFolder: redress.logFolder,
      readModels: [Greetings.self], vault: nil)
    let status = try #require(runtime.catchUp(to: redress.log.durableEnd).first)
    #expect(status.failure == nil && status.checkpoint == redress.log.durableEnd)
    let json = try await runtime.get(
      "/v1/greetings/k1?tenant=acme", tenant: "acme", models: [Greetings.self]
    ).json
    // AssignCase made two events: the assignment, and the status that follows from it (C4).
    let expected =
      #"{"caseId":"k1","about":{"title":"Broken","severity":"normal"},"orderId":"o1","#
      + #""isUrgent":false,"length":6,"tags":["new"],"revision":2}"#
    #expect(json.map { String(decoding: $0.json, as: UTF8.self) } == expected)
    let page = try await runtime.get(
      "/tenants/acme/greetings/k1", tenant: "acme", models: [Greetings.self]
    ).page
    #expect(page == "<h1>Hello, Broken</h1>")
    runtime.stop()
    redress.stop()
  }
}
