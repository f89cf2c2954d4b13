// Quotas over HTTP: the answer, what the other tenants see of them, and the metrics.

import EventSourcing
import Gateways
import HTTP
import JSON
import Node
import Operations
import Routing
import RunningRedress
import Testing

struct `A quota of a tenant` {
  private let draft = #"{"orderId":"o9","lines":[]}"#

  @Test func `is named with its use and its limit, and nothing is kept`() async throws {
    try await RunningService.with { running in
      try await running.register("zeta")
      running.allow { $0.drafts = 1 }
      let target = "/v1/drafts/d"
      #expect(await running.sendJSON("PUT", target + "1?tenant=acme", draft).status == 201)
      let refused = await running.sendJSON("PUT", target + "2?tenant=acme", draft)
      #expect(refused.status == 507 && refused.code == "quota-exceeded")
      #expect(refused.header("Retry-After") == nil)
      #expect(refused.json?["quota"]?["name"]?.string == "drafts")
      #expect(refused.json?["quota"]?["used"]?.integer == 1)
      #expect(refused.json?["quota"]?["limit"]?.integer == 1)
      #expect(refused.detail.contains("acme has 1 drafts, of at most 1"))
      #expect(await running.get(target + "2?tenant=acme").status == 404)
      #expect(await running.sendJSON("PUT", target + "2?tenant=zeta", draft).status == 201)
    }
  }

  @Test func `of evidence counts bytes, and leaves the store as it was`() async throws {
    try await RunningService.with { running in
      try await running.register("zeta")
      running.allow { $0.evidenceBytes = 5 }
      func keep(_ byteCount: Int, _ tenant: String) async -> HTTPResponse {
        await running.send(
          "PUT", "/v1/evidence?subject=robin&tenant=\(tenant)", [("Content-Type", "image/png")],
          [UInt8](repeating: 7, count: byteCount))
      }
      #expect(await keep(3, "acme").status == 201)
      let count = try running.redress.node.evidence.byteCounts()
      #expect(await keep(3, "acme").code == "quota-exceeded")
      #expect(try running.redress.node.evidence.byteCounts() == count)
      #expect(await keep(2, "acme").status == 201)
      #expect(await keep(5, "zeta").status == 201)
      let total = try running.redress.node.evidence.byteCounts()
      #expect(total == [TenantID(unchecked: "acme"): 5, TenantID(unchecked: "zeta"): 5])
    }
  }

  @Test func `of refusals is said in the refusal, which is not recorded`() async throws {
    try await RunningService.with { running in
      running.allow { $0.refusals = 1 }
      let codes = await ["q1", "q2"].asyncMap { id in
        let answer = await running.sendJSON(
          "POST", "/v1/commands",
          #"{"id":"\#(id)","tenant":"acme","type":"DenyRefund","#
            + #""data":{"refundId":"none","reason":"Late"}}"#)
        #expect(answer.status == 422)
        return (answer.code, answer.json)
      }
      #expect(codes[0].0 == codes[1].0)
      #expect(codes[0].1?["recorded"] != nil && codes[0].1?["quota"] == nil)
      #expect(codes[1].1?["recorded"] == nil)
      #expect(codes[1].1?["quota"]?["name"]?.string == "refusals")
      #expect(codes[1].1?["rule"] == codes[0].1?["rule"])
      let text = await running.get("/metrics").text
      #expect(text.contains(#"redress_quota_exceeded_total{quota="refusals"} 1"#))
      #expect(text.contains(#"redress_commands_total{outcome="unrecorded"} 1"#))
    }
  }

  @Test func `is shown to operators by tenant`() async throws {
    try await RunningService.with { running in
      try await running.register("zeta")
      for tenant in ["acme", "zeta"] {
        let answer = await running.sendJSON("PUT", "/v1/drafts/d1?tenant=\(tenant)", draft)
        #expect(answer.status == 201)
      }
      let all = await running.get("/metrics").text
      let use = { (tenant: String) in
        #"redress_quota_used{tenant="\#(tenant)",quota="drafts"} 1"#
      }
      #expect(all.contains(use("acme")) && all.contains(use("zeta")))
      #expect(all.contains(#"redress_quota_limit{quota="drafts"} 10000"#))
    }
  }
}

extension RunningService {
  /// Allows each tenant the defaults but for a change.
  func allow(_ change: (inout TenantQuotas) -> Void) {
    var quotas = TenantQuotas()
    change(&quotas)
    redress.node.reload(quotas)
  }
}

extension Sequence {
  fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async rethrows -> [T] {
    var all: [T] = []
    for element in self { try await all.append(body(element)) }
    return all
  }
}
