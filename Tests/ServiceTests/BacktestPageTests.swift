// Trying other settings and rules from the page of a tenant's policies.

import EventLog
import EventSourcing
import Foundation
import HTTP
import JSON
import RunningRedress
import Service
import Testing

struct `The page of a back-test` {
  private let path = "/tenants/acme/backtest"

  /// One return of today, worth 3.39, under a policy that lets everything be returned.
  private func tried(_ query: String, in running: RunningService) async -> HTTPResponse {
    await running.get("\(path)?\(query)", over: .loopback)
  }

  @Test func `is a form on the page of policies, which says the rules in words`() async throws {
    try await RunningService.with { running in
      try await running.submit(
        "DefinePolicy",
        #"""
        {"policyId":"strict","name":"Strict","rules":[{"ruleId":"late",\#
        "conditions":[{"fact":"days_since_delivery","operator":"gt","numbers":[30]},\#
        {"fact":"sku","operator":"in","texts":["a","b"]}],"action":{"eligible":false}}],\#
        "defaultAction":{"eligible":true,"restockingFee":1250,"autoApprove":true}}
        """#)
      await running.settle()
      let page = await running.get("/tenants/acme/policies", over: .loopback).text
      #expect(page.contains("days since delivery is above 30; and sku is one of a, b"))
      #expect(page.contains("may be returned, restocking fee 12.5 %, approved without a person"))
      #expect(page.contains("action=\"/tenants/acme/backtest\""))
      #expect(page.contains("<option>strict</option>"))
      let list = await running.get("/v1/policies?tenant=acme").json?["policies"]?.elements
      #expect(list?.map { $0["isActive"] } == [.bool(true), .bool(false)])
      let empty = await running.get(path, over: .loopback)
      #expect(empty.status == 200 && !empty.text.contains("events were replayed"))
    }
  }

  @Test func `shows what a rule would have refused, in the tenant's currency`() async throws {
    try await RunningService.with { running in
      let before = try recorded(by: running)
      let query = "defaultEligible=no&returnWindowDays=&policy="
      let answer = await tried(query + "&format=json", in: running)
      let total = answer.json?["totals"]?["total"]?.elements?.first
      #expect(total?["refusedNow"]?["count"]?.integer == 1)
      #expect(total?["refusedNow"]?["amount"]?.integer == 339)
      let page = await tried(query, in: running).text
      #expect(page.contains("3.39 GBP") && page.contains("allowed then, refused now: V2"))
      #expect(page.contains("href=\"/tenants/acme/explain/return/t1\""))
      #expect(page.contains("<option selected>no</option>"), "the form keeps what was filled in")
      #expect(try recorded(by: running) == before, "nothing is recorded")
    }
  }

  @Test func `takes the chosen policy, and rules that are given as JSON`() async throws {
    try await RunningService.with { running in
      try await running.submit(
        "DefinePolicy",
        #"{"policyId":"never","name":"Never","rules":[],"defaultAction":{"eligible":false}}"#)
      await running.settle()
      let change =
        #"{"policy":{"policyId":"p","name":"P","rules":[],"#
        + #""defaultAction":{"eligible":false}}}"#
      let encoded = try #require(
        change.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      for query in ["policy=never", "change=\(encoded)"] {
        let answer = await tried("\(query)&format=json", in: running)
        let total = answer.json?["totals"]?["total"]?.elements?.first
        #expect(total?["refusedNow"]?["count"]?.integer == 1, "\(query): \(answer.text)")
      }
      let kept = await tried("policy=never&defaultEligible=yes&format=json", in: running)
      #expect(kept.json?["outcomes"]?.elements == [])
    }
  }

  @Test func `names the field that does not fit`() async throws {
    try await RunningService.with { running in
      for (query, status, detail) in [
        ("returnWindowDays=-1", 400, "returnWindowDays: -1 is not a whole number from 0"),
        ("returnWindowDays=99999", 422, "$.returnWindowDays"),
        ("fourEyes=maybe", 400, "fourEyes: maybe is not one of yes, no"),
        ("policy=none", 422, "policy: the tenant has no policy none."),
        ("change=%5B%5D", 422, "change: is no object"),
        ("change=%7B%22fourEyes%22:true%7D&fourEyes=no", 422, "fourEyes: is in change, too"),
      ] {
        let answer = await tried(query, in: running)
        #expect(answer.status == status && answer.text.contains(detail), "\(query): \(answer.text)")
      }
    }
  }

  @Test func `says when to try again while another one runs`() async throws {
    try await RunningService.with { running in
      #expect(running.service.backtests.begin())
      let answer = await tried("returnWindowDays=1", in: running)
      running.service.backtests.end()
      #expect(await tried("returnWindowDays=1", in: running).status == 200)
      #expect(answer.status == 503 && answer.header("Retry-After") == "10")
      #expect(answer.text.contains("Another back-test is running."))
    }
  }

  /// All lines, and the names of all files; the log marks its end and its index follows by itself.
  private func recorded(by running: RunningService) throws -> [String] {
    var lines: [String] = []
    for tenant in running.redress.log.tenants {
      let all = Position.first..<running.redress.log.durableEnd(of: tenant)
      try running.redress.log.readEvents(of: tenant, in: all) {
        lines.append(String(decoding: $1, as: UTF8.self))
      }
    }
    let folder = running.redress.logFolder
    return try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() + lines
  }
}
