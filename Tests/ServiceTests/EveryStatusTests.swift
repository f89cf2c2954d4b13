// Each route gives each status that it declares, and no other. The list of both is the route table.

import CommandHandling
import Cryptography
import EventLog
import EventSourcing
import Foundation
import HTTP
import JSON
import Operations
import PersonalData
import Projecting
import Routing
import RunningRedress
import Service
import Testing

struct EveryStatusTests {
  @Test func `every route gives each status that it declares`() async throws {
    try await RunningService.with { running in
      let coverage = StatusCoverage(running)
      await coverage.send("GET", "/")
      try await running.submit(
        "OpenChargeback",
        #"""
        {"caseId":"k1","chargebackId":"b1","orderId":"o1","paymentId":"p1","amount":100,\#
        "reason":"fraud"}
        """#)
      try await running.register("still")
      try await running.submit("SuspendTenant", #"{"reason":"Unpaid"}"#, tenant: "still")
      await running.settle("still")
      await coverage.sendWhatFollowsFromTheTable()
      await sendReads(coverage)
      await sendLogins(coverage)
      await sendRecords(coverage)
      try await sendWebhooks(coverage)
      try await sendCommands(coverage)
      try await sendEvidence(coverage)
      try await sendAudit(coverage)
      try await sendFailures(coverage)
      #expect(coverage.gaps == [])
    }
  }

  private func sendLogins(_ coverage: StatusCoverage) async {
    let login = await coverage.send("POST", "/v1/logins", json: "")
    let link = login.json?["path"]?.string ?? ""
    for _ in 0..<2 { await coverage.send("GET", link, over: .loopback) }
  }

  private func sendReads(_ coverage: StatusCoverage) async {
    for route in coverage.running.service.routes.routes where route.method == .get {
      let isQuery = route.tenant == .query || route.tenant == .activeInQuery
      let target = route.target + (isQuery ? "?tenant=acme" : "")
      await coverage.send("GET", target)
      // A name that does not exist, and a text that is no name.
      for (name, status) in [("none", 404), ("no%20ne", 400)] {
        let names = pathValues.merging(
          route.path.parameterNames.filter { $0 != "tenant" }.map { ($0, name) }
        ) { $1 }
        guard names != pathValues, status == 404 || route.kind == .api else { continue }
        await coverage.send("GET", route.target(names) + (isQuery ? "?tenant=acme" : ""))
      }
    }
    await coverage.send("GET", "/v1/events?tenant=nobody")
    for target in [
      "/v1/schemas/events/RefundApproved.2.json", "/v1/schemas/events/Nothing.1.json",
      "/v1/schemas/commands/ApproveRefund.1.json", "/v1/schemas/commands/Nothing.1.json",
      "/problems/outside-return-window",
    ] { await coverage.send("GET", target) }
  }

  private func sendRecords(_ coverage: StatusCoverage) async {
    let draft =
      #"{"orderId":"o1","lines":[{"lineId":"1","quantity":1,"reason":"size"}]}"#
    for method in ["PUT", "PUT", "GET", "DELETE", "DELETE"] {
      await coverage.send(
        method, "/v1/drafts/d1?tenant=acme", json: method == "PUT" ? draft : "")
    }
    coverage.running.allow { $0.drafts = 0 }
    await coverage.send("PUT", "/v1/drafts/d1?tenant=acme", json: draft)
    let job = "/v1/sync-jobs/j1"
    for method in ["PUT", "PUT", "GET"] {
      await coverage.send(
        method, job + "?tenant=acme", json: method == "PUT" ? #"{"type":"incremental"}"# : "")
    }
    let progress = #"{"total":2,"processed":1,"failed":0}"#
    await coverage.send("POST", job + "/progress?tenant=acme", json: progress)
    await coverage.send("POST", job + "/finish?tenant=acme", json: #"{"status":"completed"}"#)
    await coverage.send("POST", job + "/progress?tenant=acme", json: progress)
    await coverage.send(
      "POST", job + "/finish?tenant=acme", json: #"{"status":"failed","errorDetails":"429"}"#)
    await coverage.send("GET", "/v1/sync-jobs?tenant=acme")
  }

  private func sendWebhooks(_ coverage: StatusCoverage) async throws {
    try coverage.running.keys.keep(
      Array("hush".utf8), as: .webhook, of: TenantID(unchecked: "acme"))
    let body = Array(#"{"id":1}"#.utf8)
    let signature = Array("hush".utf8).withUnsafeBytes { HMAC.sha256(body, key: $0) }
    for signed in [Data(signature.bytes).base64EncodedString(), "aHVzaA=="] {
      await coverage.send(
        "POST", "/v1/webhooks/shopify?tenant=acme", body,
        [("X-Shopify-Hmac-Sha256", signed), ("X-Shopify-Topic", "orders/updated")])
    }
    coverage.running.allow { $0.webhooks = 0 }
    await coverage.send(
      "POST", "/v1/webhooks/shopify?tenant=acme", body,
      [
        ("X-Shopify-Hmac-Sha256", Data(signature.bytes).base64EncodedString()),
        ("X-Shopify-Topic", "orders/paid"),
      ])
  }

  private func sendCommands(_ coverage: StatusCoverage) async throws {
    func send(_ id: String, _ data: String, tenant: String = "acme") async {
      await coverage.send(
        "POST", "/v1/commands",
        json: """
          {"id":"\(id)","tenant":"\(tenant)","type":"AddAgent","data":\(data),\
          "actor":"service/shop"}
          """)
    }
    await send("c1", #"{"agentId":"kim","role":"agent"}"#)
    await send("c1", #"{"agentId":"lee","role":"agent"}"#)
    await send("c2", #"{"agentId":"ann","role":"agent"}"#)
    await send("c3", #"{"agentId":"kim","role":"agent"}"#, tenant: "nobody")
    await coverage.send("POST", "/v1/projections/rebuild?name=RefundQueue")
    await coverage.send("POST", "/v1/projections/rebuild?name=Nothing")
    let rebuild = await HeldRebuild(of: ["RefundQueue"], in: coverage.running.redress.projections)
    await coverage.send("POST", "/v1/projections/rebuild?name=RefundQueue")
    _ = try await rebuild.release()
  }

  private func sendEvidence(_ coverage: StatusCoverage) async throws {
    let target = "/v1/evidence?tenant=acme&subject=robin"
    let kept = await coverage.send("PUT", target, type: "image/png", [1, 2, 3])
    await coverage.send("PUT", target + "&sha256=00", type: "image/png", [1, 2, 3])
    coverage.running.allow { $0.evidenceBytes = 3 }
    await coverage.send("PUT", target, type: "image/png", [1, 2, 3])
    coverage.running.allow { _ in }
    let key = kept.json?["key"]?.string ?? "none"
    await coverage.send("GET", "/v1/evidence/\(key)?tenant=acme")
    // Only an admin erases.
    try await coverage.running.submit("AddAgent", #"{"agentId":"max","role":"admin"}"#)
    await coverage.running.erase("robin")
    await coverage.running.settle()
    await coverage.send("GET", "/v1/evidence/\(key)?tenant=acme")
    await coverage.send("GET", "/v1/erasures/robin?tenant=acme")
  }

  private func sendAudit(_ coverage: StatusCoverage) async throws {
    let targets = [
      "/v1/checkpoint?tenant=acme", "/v1/proof?tenant=acme&position=0",
      "/v1/consistency?tenant=acme&old=1&new=2", "/v1/receipts/r1?tenant=acme",
    ]
    for target in targets { await coverage.send("GET", target) }
    #expect(coverage.running.service.backtests.begin())
    await coverage.send("GET", "/tenants/acme/backtest?returnWindowDays=1")
    await coverage.send("GET", "/tenants/acme/backtest?returnWindowDays=99999")
    coverage.running.service.backtests.end()
    let kept = coverage.running.redress.logFolder + "/checkpoints-by-day/acme/2026-01-01"
    try Data("no note".utf8).write(to: URL(filePath: kept))
    await coverage.send("GET", "/tenants/acme/checkpoints")
    // Nothing can be signed where checkpoints cannot be kept.
    let checkpoints = coverage.running.redress.logFolder + "/checkpoints"
    try FileManager.default.removeItem(atPath: checkpoints)
    try Data().write(to: URL(fileURLWithPath: checkpoints))
    for target in targets { await coverage.send("GET", target) }
  }

  /// Read models that follow no longer, behind a history that goes on.
  private func sendStopped(_ coverage: StatusCoverage) async {
    let redress = coverage.running.redress
    redress.projections.stop()
    await coverage.send(
      "POST", "/v1/commands",
      json: """
        {"id":"c8","tenant":"acme","type":"AddAgent","actor":"agent/max",\
        "data":{"agentId":"pat","role":"agent"}}
        """)
    let end = redress.log.durableEnd(of: TenantID(unchecked: "acme"))
    await coverage.sendWaiting(for: end.value - 1)
  }

  /// A read model that no longer follows, and a log that only reads.
  private func sendFailures(_ coverage: StatusCoverage) async throws {
    let redress = coverage.running.redress
    try await coverage.running.stopRefundQueue()
    await coverage.send("GET", "/readyz")
    await coverage.send("PUT", "/v1/evidence?tenant=acme&subject=sam", type: "image/png", [1])
    await coverage.running.erase("sam")
    await coverage.send("GET", "/v1/erasures/sam?tenant=acme")
    let kept = await coverage.send(
      "PUT", "/v1/evidence?tenant=acme&subject=kim", type: "image/png", [1])
    await coverage.running.settle(besides: "RefundQueue")
    await coverage.send("POST", "/v1/system-entries", json: "{}")
    await coverage.send("POST", "/v1/system-entries", json: entry, uid: getuid())
    await coverage.send(
      "POST", "/v1/system-entries",
      json: #"{"id":"c9","tenant":"acme","type":"DenyRefund","data":\#(deny)}"#, uid: getuid())
    coverage.running.clocks.set(by: .seconds(86_400))
    await coverage.send("POST", "/v1/clock/accept?reason=spring")
    await coverage.send("POST", "/v1/clock/accept")
    await sendStopped(coverage)
    coverage.running.clocks.set(by: .seconds(86_400))
    redress.sequencer.refuseCommands(because: "The history contradicts a checkpoint.")
    await coverage.send("GET", "/v1/evidence/\(kept.json?["key"]?.string ?? "")?tenant=acme")
    await coverage.send(
      "POST", "/v1/system-entries", json: entry.replacing("sev_1", with: "sev_2"), uid: getuid())
    await coverage.send("POST", "/v1/clock/accept")
    await coverage.send(
      "POST", "/v1/commands",
      json: #"{"id":"late","tenant":"acme","type":"DenyRefund","data":\#(deny)}"#)
  }

  private let entry = #"""
    {"id":"sev_1","tenant":"_system","type":"RecordOperatorAction","actor":"system/records",\#
    "data":{"recordId":"sev_1","action":"keys_copied","what":"to a safe","by":"service/uid-1"}}
    """#
  private let deny = #"{"refundId":"r1","reason":"Not covered"}"#
}

extension RunningService {
  fileprivate func erase(_ subject: String) async {
    let answer = await sendJSON(
      "POST", "/v1/commands",
      #"""
      {"id":"erase-\#(subject)","tenant":"acme","type":"EraseSubject","actor":"agent/max",\#
      "data":{"subjectId":"\#(subject)","reason":"Asked for"}}
      """#)
    #expect(answer.status == 200, "\(answer.text)")
  }
}
