// Who may come in over the socket, what they may do, and what they learn of other tenants.

import EventSourcing
import Events
import Glibc
import HTTP
import JSON
import Node
import Routing
import RunningRedress
import Testing

@testable import Service

/// A principal that may see one tenant.
private func principal(
  _ name: String, uid: UInt32, tenant: String = "acme", _ permissions: Set<String>,
  actors: Set<String> = []
) -> Principal {
  Principal(
    name: PrincipalName(unchecked: name), actor: Actor(ofProcessOf: uid),
    grant: Grant(
      tenants: .only([TenantID(unchecked: tenant)]), permissions: .only(permissions),
      actors: .only(actors)))
}

private let (shopUID, boltUID) = (5_001 as UInt32, 5_002 as UInt32)
private let everyRole = Role.allCases.filter { $0 != .customer }
private let all = Set(
  Permission.allCases.map(\.rawValue) + RoutePermission.allCases.map(\.rawValue))

private let principals: [UInt32: Principal] = [
  shopUID: principal(
    "shop", uid: shopUID, Role.agent.permissions, actors: ["customer/*", "agent/ann"]),
  boltUID: principal("bolt", uid: boltUID, tenant: "bolt", all, actors: ["agent/*"]),
].merging(
  everyRole.enumerated().map { index, role in
    (
      UInt32(6_000 + index),
      principal(role.rawValue, uid: UInt32(6_000 + index), role.permissions)
    )
  }
) { $1 }

extension RunningService {
  fileprivate func get(_ target: String, as uid: UInt32) async -> HTTPResponse {
    await send("GET", target, uid: uid)
  }

  fileprivate func submit(_ json: String, as uid: UInt32) async -> HTTPResponse {
    await send(
      "POST", "/v1/commands", [("Content-Type", "application/json")], Array(json.utf8), uid: uid)
  }

  fileprivate static func withPrincipals(
    _ body: (RunningService) async throws -> Void
  ) async throws { try await with(principals: principals, body) }
}

private func denial(
  _ id: String, of refund: String = "r1", tenant: String = "acme", actor: String? = nil
) -> String {
  let actor = actor.map { #","actor":"\#($0)""# } ?? ""
  return #"{"id":"\#(id)","tenant":"\#(tenant)","type":"DenyRefund","#
    + #""data":{"refundId":"\#(refund)","reason":"no"}\#(actor)}"#
}

struct `Who comes in over the socket` {
  @Test func `is refused everything but health and signed webhooks without a grant`() async throws {
    try await RunningService.withPrincipals { running in
      for route in running.service.routes.routes {
        let answer = await running.send(
          route.method.rawValue, route.target,
          [("Content-Type", route.request?.mediaTypes.first ?? "application/json")],
          uid: RunningService.strangerUID)
        #expect((answer.status == 403) == (route.permission != nil), "\(route.path)")
        if route.permission != nil { #expect(answer.text.contains("4218"), "\(route.path)") }
      }
      let free = running.service.routes.routes.filter { $0.permission == nil }
      #expect(
        free.map(\.path.description)
          == ["/v1/webhooks/shopify", "/login/{link}", "/healthz", "/readyz"])
      for (method, path) in [("GET", "/nothing"), ("PATCH", "/v1/refunds")] {
        let answer = await running.send(method, path, uid: RunningService.strangerUID)
        #expect(answer.status == 403 && answer.code == "unknown-principal", "\(path)")
      }
    }
  }

  @Test func `reaches exactly the routes of their role`() async throws {
    try await RunningService.withPrincipals { running in
      for (index, role) in everyRole.enumerated() {
        for route in running.service.routes.routes where route.method == .get {
          guard let permission = route.permission else { continue }
          let answer = await running.get(route.target, as: UInt32(6_000 + index))
          // What is about all tenants is not for a grant of one.
          let isGranted =
            role.permissions.contains(permission.rawValue) && !permission.isOfWholeService
          #expect((answer.status != 403) == isGranted, "\(role) and \(route.path)")
          if !isGranted { #expect(answer.text.contains(permission.rawValue), "\(route.path)") }
        }
      }
    }
  }

  @Test func `learns nothing of a tenant that their grant does not name`() async throws {
    try await RunningService.withPrincipals { running in
      for route in running.service.routes.routes where route.method == .get {
        let (others, nobodys): (String, String)
        switch route.tenant {
        case .none: continue
        case .path:
          others = route.target
          nobodys = route.target(pathValues.merging(["tenant": "nobody"]) { $1 })
        case .query, .activeInQuery:
          let required = route.parameters.map(\.declaration)
            .filter { $0.isRequired && $0.place == .query }
            .map { "&\($0.name)=\($0.someValues.first ?? "1")" }.joined()
          others = route.target + "?tenant=acme" + required
          nobodys = route.target + "?tenant=nobody" + required
        }
        let (other, nobody) = (
          await running.get(others, as: boltUID), await running.get(nobodys, as: boltUID)
        )
        #expect(other.status == 404 && nobody.status == 404, "\(route.path)")
        #expect(
          other.text.replacing("acme", with: "nobody") == nobody.text, "\(route.path)")
      }
      let (other, nobody) = (
        await running.submit(denial("d1"), as: boltUID),
        await running.submit(denial("d1", tenant: "nobody"), as: boltUID)
      )
      #expect(other.status == 404 && other.code == "unknown-tenant")
      #expect(other.text.replacing("acme", with: "nobody") == nobody.text)
      #expect(await running.get("/v1/events", as: boltUID).body.isEmpty)
      #expect(!(await running.get("/", as: boltUID).text.contains("acme")))
    }
  }

  @Test func `speaks only for the actors of their grant`() async throws {
    try await RunningService.withPrincipals { running in
      let refused = await running.submit(denial("d1", actor: "agent/bob"), as: shopUID)
      #expect(refused.status == 403 && refused.code == "actor-not-covered")
      #expect(refused.json?["path"]?.string == "$.actor")
      #expect(refused.detail.contains("$.actor: shop may not speak for agent/bob"))
      let granted = await running.submit(denial("d2", actor: "agent/ann"), as: shopUID)
      #expect(granted.status == 200, "\(granted.text)")
      let itself = await running.submit(denial("d3", actor: "service/uid-5001"), as: shopUID)
      #expect(itself.status != 403, "\(itself.text)")
    }
  }

  @Test func `submits only commands of their permissions, also among many lines`() async throws {
    try await RunningService.withPrincipals { running in
      let suspend = #"{"id":"s1","tenant":"acme","type":"SuspendTenant","data":{"reason":"x"}}"#
      let refused = await running.submit(suspend, as: shopUID)
      #expect(refused.status == 403 && refused.code == "not-permitted", "\(refused.text)")
      #expect(refused.detail.contains("SuspendTenant needs the permission suspend"))
      let answers = await running.send(
        "POST", "/v1/commands", [("Content-Type", "application/x-ndjson")],
        Array("\(suspend)\n\(denial("d3", actor: "agent/ann"))\n".utf8), uid: shopUID)
      let lines = answers.text.split(separator: "\n").compactMap {
        try? JSONValue(parsing: Array($0.utf8))
      }
      #expect(lines.map { $0["outcome"]?.string } == ["invalid", "accepted"], "\(answers.text)")
    }
  }

  @Test func `is named in the events that they caused, beside the actor`() async throws {
    try await RunningService.withPrincipals { running in
      _ = await running.submit(denial("d1", actor: "agent/ann"), as: shopUID)
      let lines = await running.get("/v1/events?tenant=acme", as: RunningService.peerUID).text
      let denied = try #require(
        lines.split(separator: "\n").last { $0.contains(#""type":"RefundDenied""#) })
      #expect(denied.contains(#""actor":"agent/ann","peeruid":5001,"principal":"shop","#))
    }
  }

  @Test func `has the grants of settings that were read again`() async throws {
    try await RunningService.withPrincipals { running in
      #expect(await running.get("/v1/refunds", as: shopUID).status == 200)
      running.redress.node.reload(Principals(owner: getuid()), tokens: nil)
      #expect(await running.get("/v1/refunds", as: shopUID).code == "unknown-principal")
      #expect(await running.get("/v1/refunds", as: getuid()).status == 200)
    }
  }

  @Test func `is sent no more of the feed once the grant has ended`() async throws {
    try await RunningService.withPrincipals { running in
      let begun = try lineCount(await running.get("/v1/events", as: 6_002))
      async let followed = running.get("/v1/events?follow=true", as: 6_002)
      running.redress.node.reload(Principals(owner: getuid()), tokens: nil)
      try await running.register("later")
      // It ends by itself, since its next look at the log is its last.
      #expect(try lineCount(await followed) <= begun)
    }
  }

  @Test func `has 32 feeds, and leaves others theirs`() async throws {
    try await RunningService.withPrincipals { running in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<32 {
          group.addTask { _ = await running.get("/v1/events?follow=true", as: 6_002) }
        }
        var refused = await running.get("/v1/events", as: 6_002)
        while refused.status == 200 { refused = await running.get("/v1/events", as: 6_002) }
        #expect(refused.status == 429 && refused.header("Retry-After") == "30")
        #expect(refused.detail.hasPrefix("auditor has 32 feeds open"))
        #expect(await running.get("/v1/events", as: getuid()).status == 200)
        running.service.stop()
      }
      #expect(await running.get("/v1/events", as: 6_002).status == 200)
    }
  }

  private func lineCount(_ answer: HTTPResponse) throws -> Int {
    answer.text.split(separator: "\n").count
  }
}
