// Operational records over HTTP: drafts, sync jobs, evidence.

import EventSourcing
import HTTP
import JSON
import Testing

struct RecordTests {
  private let draft = #"{"orderId":"o1","lines":[{"lineId":"1","quantity":2,"reason":"size"}]}"#

  @Test func `a draft is saved, found, changed and deleted`() async throws {
    try await RunningService.with { running in
      let saved = await running.sendJSON("PUT", "/v1/drafts/d1", draft)
      #expect(saved.status == 201)
      #expect(await running.get("/v1/drafts/d1").json == saved.json)
      #expect(await running.sendJSON("PUT", "/v1/drafts/d1", draft).status == 200)
      #expect(await running.send("DELETE", "/v1/drafts/d1").status == 204)
      #expect(await running.get("/v1/drafts/d1").status == 404)
    }
  }

  @Test func `a malformed draft is refused with the place that is wrong`() async throws {
    try await RunningService.with { running in
      let answer = await running.sendJSON(
        "PUT", "/v1/drafts/d1", #"{"orderId":"o1","colour":"red"}"#)
      #expect(answer.status == 400)
      #expect(answer.code == "malformed-body")
      #expect(answer.json?["path"]?.string == "$.colour")
    }
  }

  @Test func `a suspended tenant takes no draft, job or evidence`() async throws {
    try await RunningService.with { running in
      try await running.submit("SuspendTenant", #"{"reason":"Unpaid"}"#)
      await running.settle()
      for answer in [
        await running.sendJSON("PUT", "/v1/drafts/d1", draft),
        await running.sendJSON("PUT", "/v1/sync-jobs/j1", #"{"type":"incremental"}"#),
        await running.send(
          "PUT", "/v1/evidence?subject=robin", [("Content-Type", "image/png")], [1]),
      ] {
        #expect(answer.status == 409)
        #expect(answer.code == "tenant-suspended")
      }
      #expect(await running.get("/v1/drafts/d1").status == 404)
    }
  }

  @Test func `evidence comes back byte for byte`() async throws {
    try await RunningService.with { running in
      let kept = await running.send(
        "PUT", "/v1/evidence?subject=robin", [("Content-Type", "image/png")], [1, 2, 3])
      #expect(kept.status == 201)
      let back = await running.get("/v1/evidence/\(kept.json?["key"]?.string ?? "")")
      #expect(back.body == [1, 2, 3])
      #expect(back.header("Content-Type") == "image/png")
      #expect(back.header("Content-Disposition") == "attachment")
    }
  }
}
