// What follows from the route table alone, for every route of it.

import EventLog
import EventSourcing
import HTTP
import JSON
import Routing
import RunningRedress
import Service
import Testing

/// What parameters of a path name in the prepared shop, or in no other form than this.
let pathValues = [
  "tenant": "acme", "refundId": "r1", "caseId": "k1", "orderId": "o1", "holdId": "h1",
  "chargebackId": "b1",
  "returnId": "t1", "customerId": "robin", "subject": "robin",
  "key": String(repeating: "0", count: 64),
]

extension Route {
  /// A target with valid path parameters.
  var target: String { target(pathValues) }
}

struct DispatchTests {
  @Test func `HEAD is answered as GET without the body`() async throws {
    try await RunningService.with { running in
      for route in running.service.routes.routes where route.method == .get {
        let get = await running.get(route.target)
        let head = await running.send("HEAD", route.target)
        #expect(head.status == get.status, "\(route.path)")
        #expect(head.header("Content-Type") == get.header("Content-Type"), "\(route.path)")
        #expect(head.body.isEmpty, "\(route.path)")
      }
    }
  }

  @Test func `another method is answered with 405 and what is allowed`() async throws {
    try await RunningService.with { running in
      for route in running.service.routes.routes {
        let answer = await running.send("PATCH", route.target)
        #expect(answer.status == 405, "\(route.path)")
        let allowed = answer.header("Allow")?.split(separator: ", ").map(String.init) ?? []
        #expect(allowed.contains(route.method.rawValue), "\(route.path)")
        #expect(allowed.contains("HEAD") == allowed.contains("GET"), "\(route.path)")
      }
      let answer = await running.send("DELETE", "/v1/refunds")
      #expect(answer.code == "method-not-allowed")
      #expect(answer.json?["title"]?.string == "Method Not Allowed")
      #expect(answer.detail == "/v1/refunds does not answer DELETE; use GET, HEAD.")
    }
  }

  @Test func `an unknown parameter is refused by name`() async throws {
    try await RunningService.with { running in
      for route in running.service.routes.routes {
        let answer = await running.send(
          route.method.rawValue, route.target + "?lmit=1",
          [("Content-Type", route.request?.mediaTypes.first ?? "application/json")])
        #expect(answer.status == 400, "\(route.method) \(route.path)")
        #expect(answer.text.contains("lmit: is not a parameter"), "\(route.path)")
      }
    }
  }

  @Test func `an unknown path names the paths near it`() async throws {
    try await RunningService.with { running in
      let near = await running.get("/v1/refunds/r1/lines")
      #expect(near.status == 404)
      #expect(near.code == "not-found")
      #expect(near.json?["title"]?.string == "Not Found")
      #expect(
        near.detail
          == "There is no /v1/refunds/r1/lines. This service has /v1/refunds, "
          + "/v1/refunds/{refundId}.")
      let far = await running.get("/nothing")
      #expect(far.detail.contains("/v1/commands"))
    }
  }

  @Test func `the loopback address only reads, and only under a loopback name`() async throws {
    try await RunningService.with { running in
      for route in running.service.routes.routes {
        let answer = await running.send(route.method.rawValue, route.target, over: .loopback)
        switch (route.method, route.access) {
        case (.get, .loopback): #expect(![403, 421].contains(answer.status), "\(route.path)")
        case (.get, .socketOnly):
          #expect(answer.status == 403, "\(route.path)")
          #expect(answer.code == "socket-only", "\(route.path)")
        case (_, _):
          #expect(answer.status == 403, "\(route.path)")
          #expect(answer.code == "read-only", "\(route.path)")
        }
      }
      for host in ["shop.example", "localhost.shop.example", "192.168.0.1", ""] {
        let answer = await running.get("/healthz", over: .loopback, [("Host", host)])
        #expect(answer.status == 421)
        #expect(answer.code == "wrong-host")
      }
      for host in ["localhost:80", "127.0.0.1", "[::1]:80", "LOCALHOST"] {
        #expect(await running.get("/healthz", over: .loopback, [("Host", host)]).status == 200)
      }
    }
  }

  @Test func `a browser gets problems as pages, a program as documents`() async throws {
    try await RunningService.with { running in
      let browser = [
        (
          name: "Accept",
          value: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        )
      ]
      for target in ["/v1/refunds/none", "/v1/nothing", "/v1/refunds?limit=0"] {
        #expect(await running.get(target).header("Content-Type") == "application/problem+json")
        let page = await running.get(target, browser)
        #expect(page.header("Content-Type") == "text/html; charset=utf-8", "\(target)")
        #expect(page.text.contains("<title>"), "\(target)")
      }
      let program = [(name: "Accept", value: "application/json, text/html;q=0.5")]
      #expect(
        await running.get("/v1/nothing", program).header("Content-Type")
          == "application/problem+json")
      for target in ["/tenants/acme/refunds/none", "/tenants/acme", "/tenants/none/refunds"] {
        let page = await running.get(target)
        #expect(page.status == 404, "\(target)")
        #expect(page.text.contains("<h1>Not Found</h1>"), "\(target)")
        #expect(page.header("Content-Security-Policy") != nil, "\(target)")
      }
      #expect(await running.get("/tenants/acme/refunds?limit=x").status == 400)
    }
  }

  @Test func `a page says that its read model has stopped`() async throws {
    try await RunningService.with { running in
      let target = "/tenants/acme/refunds"
      #expect(await !running.get(target).text.contains("not up to date"))
      try await running.stopRefundQueue()
      let page = await running.get(target)
      #expect(page.status == 200 && page.text.contains("not up to date: RefundQueue has stopped"))
      #expect(await !running.get("/tenants/acme/cases").text.contains("not up to date"))
      let last = running.redress.log.durableEnd(of: TenantID(unchecked: "acme")).value - 1
      let late = await running.get("/v1/refunds?tenant=acme&minPosition=\(last)")
      #expect(late.code == "not-there-yet" && late.detail.contains("RefundQueue has stopped"))
    }
  }

  @Test func `a tenant's pages link to each other`() async throws {
    try await RunningService.with { running in
      let page = await running.get("/tenants/acme/refunds")
      for (title, path) in running.service.routes.navigation {
        let target = path.filled(pathValues)
        #expect(page.text.contains("<a href=\"\(target)\""), "\(title)")
        #expect(await running.get(target).status == 200, "\(title)")
      }
      #expect(page.text.contains(#"<a href="/tenants/acme/refunds" aria-current="page">"#))
    }
  }

  @Test func `a tenant can be left out while there is one`() async throws {
    try await RunningService.with { running in
      #expect(await running.get("/v1/refunds").status == 200)
      #expect(await running.get("/").header("Location") == "/tenants/acme/refunds")
      try await running.register("zeta")
      await running.settle("zeta")
      let answer = await running.get("/v1/refunds")
      #expect(answer.status == 422)
      #expect(answer.detail == "tenant: there are 2 tenants; name one with ?tenant=NAME.")
      #expect(await running.get("/v1/refunds?tenant=zeta").status == 200)
      let unknown = await running.get("/v1/refunds?tenant=nobody")
      #expect(unknown.status == 404)
      #expect(unknown.detail == "The tenant nobody is not registered.")
      #expect(await running.get("/").text.contains("/tenants/zeta/refunds"))
    }
  }
}
