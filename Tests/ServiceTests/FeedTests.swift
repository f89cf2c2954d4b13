// The feed of events: GET /v1/events.

import EventSourcing
import Events
import HTTP
import JSON
import RunningRedress
import Service
import Testing

struct FeedTests {
  private func lines(_ answer: HTTPResponse) throws -> [JSONValue] {
    try answer.body.split(separator: UInt8(ascii: "\n")).map { try JSONValue(parsing: Array($0)) }
  }

  @Test func `it has every event of the log, each as the log's own line`() async throws {
    try await RunningService.with { running in
      let answer = await running.get("/v1/events")
      #expect(answer.status == 200)
      #expect(answer.header("Content-Type") == "application/x-ndjson")
      let history = try running.redress.history().map { $0.position.value }
      let ids = try lines(answer).map { $0["event"]?["id"]?.string }
      #expect(ids == history.map { "\($0)" })
      #expect(await running.get("/v1/events?tenant=acme").body == answer.body)
    }
  }

  @Test func `it goes on after any token`() async throws {
    try await RunningService.with { running in
      let all = try lines(await running.get("/v1/events"))
      for (index, line) in all.enumerated() {
        let token = line["token"]?.string ?? ""
        let rest = try lines(await running.get("/v1/events?after=\(token)"))
        #expect(rest == Array(all[(index + 1)...]))
      }
      let wrong = await running.get("/v1/events?after=zzz")
      #expect(wrong.status == 400)
      #expect(wrong.detail.hasPrefix("after: zzz is not a token of this feed"))
    }
  }

  @Test func `a feed that follows ends with the service, after a whole event`() async throws {
    try await RunningService.with { running in
      async let followed = running.get("/v1/events?follow=true")
      try await running.register("zeta")
      let all = try lines(await running.get("/v1/events"))
      running.service.stop()
      let sent = try lines(await followed)
      #expect(sent == Array(all.prefix(sent.count)))
    }
  }

  @Test func `a feed of all events that the service cannot send to its end breaks off`()
    async throws
  {
    try await RunningService.with { running in
      running.service.stop()
      let request = try #require(
        HTTPRequest(
          method: "GET", target: "/v1/events", headers: [("Host", "localhost")],
          peer: HTTPRequest.Peer(uid: RunningService.peerUID, pid: 1)))
      let answer = await request.answer(by: running.service.handle)
      #expect(!answer.isComplete)
    }
  }
}
