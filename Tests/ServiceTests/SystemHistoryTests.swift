// The history of the service itself (T3): an access is recorded before anything is handed over, and
// nobody gets this history, or writes it, without being meant to.

import CommandHandling
import EventSourcing
import Events
import Glibc
import HTTP
import JSON
import RunningRedress
import Testing

struct SystemHistoryTests {
  @Test func `a receipt is recorded with who, what, why and the way, before it is handed over`()
    async throws
  {
    try await RunningService.with { running in
      let target = "/v1/receipts/r1?tenant=acme"
      #expect(await running.get(target + "&reason=Complaint%2017").status == 200)
      #expect(await running.get(target, over: .loopback).status == 200)
      let records = await running.systemRecords()
      try #require(records.map(\.type) == ["DataAccessed", "DataAccessed"])
      let (asked, clicked) = (records[0].data, records[1].data)
      #expect(asked["kind"]?.string == "receipt")
      #expect(asked["what"]?.string == "refund/r1")
      #expect(asked["reason"]?.string == "Complaint 17")
      #expect(asked["by"]?.string == "service/uid-\(RunningService.peerUID)")
      #expect(asked["way"]?.string == "socket")
      #expect(clicked["reason"] == nil)
      #expect(clicked["by"]?.string == "service/uid-\(getuid())")
    }
  }

  @Test func `nothing is handed over that cannot be recorded`() async throws {
    try await RunningService.with { running in
      let kept = await running.send(
        "PUT", "/v1/evidence?tenant=acme&subject=robin", [("Content-Type", "image/png")], [1])
      let key = try #require(kept.json?["key"]?.string)
      let targets = ["/v1/evidence/\(key)?tenant=acme", "/v1/receipts/r1?tenant=acme"]
      for target in targets { #expect(await running.get(target).status == 200) }
      let records = await running.systemRecords()
      #expect(records.first?.data["what"]?.string == "evidence \(key) of robin")
      running.redress.sequencer.refuseCommands(because: "A checkpoint contradicts the log.")
      for target in targets {
        let refused = await running.get(target)
        #expect(refused.status == 503)
        #expect(refused.code == "not-recorded")
        #expect(refused.detail.contains("A checkpoint contradicts the log."))
      }
      #expect(await running.systemRecords().count == records.count)
    }
  }

  @Test func `a rebuild is recorded with the digest of what it made`() async throws {
    try await RunningService.with { running in
      let answer = await running.send("POST", "/v1/projections/rebuild?name=RefundQueue")
      let report = try #require(answer.json?.elements?.first)
      #expect(report["recorded"]?.bool == true)
      let record = try #require(await running.systemRecords().first)
      #expect(record.type == "ProjectionVerified")
      for (key, name) in [("digest", "digest"), ("version", "version"), ("upTo", "commits")] {
        #expect(record.data[key] == report[name])
      }
      running.redress.sequencer.refuseCommands(because: "A checkpoint contradicts the log.")
      let again = await running.send("POST", "/v1/projections/rebuild?name=RefundQueue")
      #expect(again.json?.elements?.first?["recorded"]?.bool == false)
    }
  }

  @Test func `no list, default or feed shows it that does not name it`() async throws {
    try await RunningService.with { running in
      _ = await running.get("/v1/receipts/r1?tenant=acme")
      await running.settle()
      #expect(await !running.get("/v1/events").text.contains(#""source":"/tenants/_system""#))
      #expect(await running.get("/v1/tenants").text.contains("_system") == false)
      #expect(await running.get("/").text.contains("_system") == false)
      // Without a name, a route takes the only tenant.
      #expect(await running.get("/v1/refunds").status == 200)
      #expect(await running.get("/tenants/_system").status == 404)
    }
  }

  @Test func `no command reaches it from outside`() async throws {
    try await RunningService.with { running in
      for type in ["RecordOperatorAction", "AddAgent"] {
        let data =
          type == "AddAgent"
          ? #"{"agentId":"ann","role":"admin"}"#
          : #"{"recordId":"x","action":"keys_copied","what":"nothing","by":"agent/ann"}"#
        let answer = await running.sendJSON(
          "POST", "/v1/commands",
          #"{"id":"c","tenant":"_system","type":"\#(type)","data":\#(data)}"#)
        #expect(answer.status == 422)
        #expect(answer.detail.contains("names that begin with _ are reserved"))
      }
      #expect(await running.systemRecords().isEmpty)
    }
  }

  @Test func `an entry is what the service's own tools make, so that its stream has one event`()
    async throws
  {
    try await RunningService.with { running in
      func record(_ id: String, _ recordID: String, _ members: String = "") async -> HTTPResponse {
        let json =
          #"{"id":"\#(id)","tenant":"_system","type":"RecordOperatorAction","#
          + #""actor":"system/records",\#(members)"data":{"recordId":"\#(recordID)","#
          + #""action":"keys_copied","what":"to a safe","by":"service/uid-1"}}"#
        return await running.send(
          "POST", "/v1/system-entries", [("Content-Type", "application/json")], Array(json.utf8),
          uid: getuid())
      }
      #expect(await record("sev_1", "sev_1").status == 204)
      for refused in [
        await record("sev_2", "sev_1"),
        await record("sev_3", "sev_3", #""occurredAt":"2020-01-01T00:00:00Z","#),
        await record("sev_4", "sev_4", #""expectedRevision":0,"#),
      ] {
        #expect(refused.status == 422)
        #expect(refused.code == "not-an-entry")
      }
      #expect(await running.systemRecords().count == 1)
    }
  }

  @Test func `no other route writes anything of it`() async throws {
    try await RunningService.with { running in
      _ = await running.get("/v1/receipts/r1?tenant=acme")
      let kept = await running.send(
        "PUT", "/v1/evidence?tenant=_system&subject=robin", [("Content-Type", "image/png")], [1])
      #expect(kept.status == 404)
    }
  }
}

extension RunningService {
  /// The events of the service's own tenant.
  fileprivate func systemRecords() async -> [(type: String, data: JSONValue)] {
    await get("/v1/events?tenant=_system").text.split(separator: "\n").compactMap { line in
      let event = (try? JSONValue(parsing: Array(line.utf8)))?["event"]
      guard let type = event?["type"]?.string, let data = event?["data"] else { return nil }
      return (type, data)
    }
  }
}
