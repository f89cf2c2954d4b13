// The pages that explain what the log holds, and their JSON.

import HTTP
import JSON
import Testing

struct `The pages of explanations` {
  private let kinds = [
    "refund/r1", "return/t1", "policy/t1", "order/o1", "case/k1", "position/0",
  ]

  @Test func `have what their JSON has`() async throws {
    try await RunningService.with { running in
      for kind in kinds {
        let path = "/tenants/acme/explain/\(kind)"
        let page = await running.get(path, over: .loopback)
        let data = await running.get("\(path)?format=json", over: .loopback)
        #expect(page.status == 200 && data.status == 200, "\(kind)")
        #expect(data.header("Content-Type") == "application/json")
        let report = try #require(data.json)
        let sections = try #require(report["sections"]?.elements)
        #expect(!sections.isEmpty, "\(kind)")
        for section in sections {
          let name = try #require(section["name"]?.string)
          #expect(page.text.contains("<section class=\"\(name)-"), "\(name) of \(kind)")
        }
        let title = try #require(report["title"]?.string)
        #expect(page.text.contains("<h1>\(title)</h1>"))
      }
    }
  }

  @Test func `are JSON for a client that prefers it`() async throws {
    try await RunningService.with { running in
      let json = [(name: "Accept", value: "application/json")]
      let answer = await running.get("/tenants/acme/explain/refund/r1", over: .loopback, json)
      #expect(answer.json?["kind"]?.string == "refund")
      let asked = await running.get("/tenants/acme/explain/refund/r1?format=html", json)
      #expect(asked.header("Content-Type") == "text/html; charset=utf-8")
    }
  }

  @Test func `are linked from the pages of refunds, returns and cases`() async throws {
    try await RunningService.with { running in
      for (page, links) in [
        ("refunds/r1", ["refund/r1", "order/o1"]),
        ("returns/t1", ["return/t1", "policy/t1", "order/o1"]), ("cases/k1", ["case/k1"]),
      ] {
        let text = await running.get("/tenants/acme/\(page)", over: .loopback).text
        for link in links {
          #expect(text.contains("href=\"/tenants/acme/explain/\(link)\""), "\(link) on \(page)")
        }
      }
    }
  }

  @Test func `name what does not exist`() async throws {
    try await RunningService.with { running in
      for (path, detail) in [
        ("refund/r9", "The tenant acme has no refund r9."),
        ("policy/r1", "The tenant acme has no return/r1."),
        ("position/9999", "The tenant acme has no event at position 9999."),
        ("case/k1/chargeback/b9", "The tenant acme has no chargeback b9 in case k1."),
      ] {
        let answer = await running.get("/tenants/acme/explain/\(path)", over: .loopback)
        #expect(answer.status == 404 && answer.text.contains(detail), "\(answer.text)")
      }
      let answer = await running.get("/tenants/acme/explain/position/-1", over: .loopback)
      #expect(answer.status == 400 && answer.text.contains("position: -1 is not a position from 0"))
    }
  }
}
