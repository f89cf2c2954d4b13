// People who come with a token or a session: what they see, and what they are refused.

import CommandHandling
import Cryptography
import EventSourcing
import Events
import Foundation
import HTTP
import JSON
import Node
import Routing
import RunningRedress
import Service
import Testing

/// Makes tokens under a key that a file of keys has.
private struct Issuer {
  let folder = NSTemporaryDirectory() + "redress-issuer-\(UUID().uuidString)"
  let key = randomBytes(32)
  var keyFile: String { folder + "/jwks.json" }

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(keys: #"{"kty":"oct","k":"\#(Base64URL.encode(key))"}"#)
  }

  func write(keys: String) throws {
    try Data(#"{"keys":[\#(keys)]}"#.utf8).write(to: URL(filePath: keyFile))
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  var tokens: PersonTokens {
    get throws {
      try PersonTokens(
        TokenSettings(issuer: "https://id.example.com/", audience: "redress", keyFile: keyFile))
    }
  }

  /// - Parameter claims: besides those that every token has.
  func token(_ subject: String, _ claims: String, lasting seconds: Int64 = 300) -> String {
    let now = Timestamp.now.microseconds / 1_000_000
    let payload =
      #"{"iss":"https://id.example.com/","aud":"redress","sub":"\#(subject)","nbf":\#(now - 10),"#
      + #""exp":\#(now + seconds),\#(claims)}"#
    let text = [#"{"alg":"HS256"}"#, payload].map { Base64URL.encode(Array($0.utf8)) }
      .joined(separator: ".")
    let code = key.withUnsafeBytes { HMAC.sha256(Array(text.utf8), key: $0) }
    return text + "." + Base64URL.encode(code.bytes)
  }

  func person(_ role: String, _ subject: String, tenant: String = "acme") -> String {
    token(subject, #""role":"\#(role)","tenants":["\#(tenant)"]"#)
  }
}

extension RunningService {
  /// - Parameter uid: of the service that brings the person along; over the loopback address if
  ///   `nil`.
  fileprivate func send(
    _ target: String, token: String, uid: UInt32? = nil, json: String? = nil
  ) async -> HTTPResponse {
    let type = json.map { _ in [(name: "Content-Type", value: "application/json")] } ?? []
    return await send(
      json == nil ? "GET" : "POST", target, over: uid == nil ? .loopback : .socket,
      type + [("Authorization", "Bearer \(token)"), ("Cookie", "")], Array((json ?? "").utf8),
      uid: uid ?? 0)
  }

  fileprivate static func withIssuer(
    _ body: (RunningService, Issuer) async throws -> Void
  ) async throws {
    let issuer = try Issuer()
    defer { issuer.remove() }
    let proxy = Principal(
      name: PrincipalName(unchecked: "proxy"), actor: Actor(ofProcessOf: 7_001),
      grant: Grant(tenants: .only([TenantID(unchecked: "acme")]), permissions: .none))
    try await with { running in
      running.redress.node.reload(
        Principals(owner: getuid(), configured: [7_001: proxy]), tokens: try issuer.tokens)
      try await body(running, issuer)
    }
  }
}

struct `A person with a token` {
  @Test func `sees what their role allows, in their tenants`() async throws {
    try await RunningService.withIssuer { running, issuer in
      for role in ["agent", "admin", "auditor", "ops"] {
        let token = issuer.person(role, "ann")
        for route in running.service.routes.routes where route.method == .get {
          guard let permission = route.permission, route.access == .loopback else { continue }
          let answer = await running.send(route.target, token: token)
          let isGranted =
            (Role(rawValue: role)?.permissions.contains(permission.rawValue) ?? false)
            && !permission.isOfWholeService
          #expect((answer.status != 403) == isGranted, "\(role) and \(route.path)")
          #expect(answer.status != 401, "\(role) and \(route.path)")
        }
      }
      let metrics = await running.send("/metrics", token: issuer.person("ops", "ann", tenant: "*"))
      #expect(metrics.status == 200)
      let ofOne = await running.send("/metrics", token: issuer.person("ops", "ann"))
      #expect(ofOne.status == 403 && ofOne.detail.contains("only a grant of all tenants has it"))
      let other = issuer.person("admin", "ann", tenant: "bolt")
      let answer = await running.send("/v1/refunds?tenant=acme", token: other)
      #expect(answer.status == 404 && answer.detail == "The tenant acme is not registered.")
    }
  }

  @Test func `who is a customer sees their own and nothing else`() async throws {
    try await RunningService.withIssuer { running, issuer in
      let own = [
        "/v1/refunds/r1", "/v1/returns/t1", "/v1/cases/k1", "/v1/orders/o1/balance",
        "/v1/receipts/r1", "/v1/cases?customer=robin", "/v1/customers/robin/timeline",
        "/tenants/acme/refunds/r1", "/tenants/acme/returns/t1", "/tenants/acme/cases/k1",
        "/tenants/acme/customers/robin",
      ]
      let (robin, kim) = (issuer.person("customer", "robin"), issuer.person("customer", "kim"))
      for target in own {
        #expect(await running.send(target, token: robin).status == 200, "\(target)")
        let refused = await running.send(target, token: kim)
        #expect(refused.status == 404, "\(target)")
        #expect(!refused.text.contains("robin's"), "\(target)")
        guard let id = ["r1", "t1", "k1", "o1"].first(where: { target.contains("/\($0)") }) else {
          continue
        }
        let missing = target.replacing("/\(id)", with: "/none")
        let nothing = await running.send(missing, token: kim)
        #expect(nothing.status == 404, "\(missing)")
        #expect(nothing.text.replacing("/none", with: "/\(id)") == refused.text, "\(missing)")
      }
      for route in running.service.routes.routes where route.permission != nil {
        guard route.owner == nil, route.method == .get, route.access == .loopback,
          route.permission != .readContract
        else { continue }
        let answer = await running.send(route.target, token: robin)
        // What a parameter has to be is said first.
        #expect([400, 403].contains(answer.status), "\(route.path)")
      }
      #expect(await running.send("/v1/cases", token: robin).status == 404)
    }
  }

  @Test func `acts as themselves, through a service that brings them along`() async throws {
    try await RunningService.withIssuer { running, issuer in
      func deny(_ id: String, _ token: String, actor: String = "") async -> HTTPResponse {
        await running.send(
          "/v1/commands", token: token, uid: 7_001,
          json: #"{"id":"\#(id)","tenant":"acme","type":"DenyRefund","#
            + #""data":{"refundId":"r1","reason":"no"}\#(actor)}"#)
      }
      let ann = issuer.person("agent", "ann")
      let claimed = await deny("d1", ann, actor: #","actor":"agent/bob""#)
      #expect(claimed.status == 403 && claimed.code == "actor-not-covered")
      let customer = await deny("d2", issuer.person("customer", "robin"))
      #expect(customer.status == 403 && customer.code == "not-permitted")
      #expect(await deny("d3", ann).status == 200)
      let lines = await running.send("/v1/events", token: issuer.person("auditor", "kit")).text
      let denied = try #require(
        lines.split(separator: "\n").last { $0.contains(#""type":"RefundDenied""#) })
      #expect(
        denied.contains(#""actor":"agent/ann","peeruid":7001,"principal":"person-ann","#))
    }
  }

  @Test func `sees no tenant that the service which brings them along may not see`() async throws {
    try await RunningService.withIssuer { running, issuer in
      try await running.register("bolt")
      await running.settle("bolt")
      let token = issuer.token("ann", #""role":"admin","tenants":["acme","bolt"]"#)
      #expect(await running.send("/v1/refunds?tenant=bolt", token: token).status == 200)
      #expect(await running.send("/v1/refunds?tenant=bolt", token: token, uid: 7_001).status == 404)
      #expect(await running.send("/v1/refunds?tenant=acme", token: token, uid: 7_001).status == 200)
      // A token does not help a user without a grant.
      let answer = await running.send("/v1/refunds?tenant=acme", token: token, uid: 7_002)
      #expect(answer.status == 403 && answer.code == "unknown-principal")
    }
  }

  @Test func `is refused where the token is not believed`() async throws {
    try await RunningService.withIssuer { running, issuer in
      let good = issuer.person("agent", "ann")
      for (token, said) in [
        (issuer.token("ann", #""role":"agent","tenants":["acme"]"#, lasting: -120), "expired"),
        (issuer.token("ann", #""tenants":["acme"]"#), "role"),
        (issuer.token("ann", #""role":"agent""#), "tenants"),
        (issuer.token("ann", #""role":"owner","tenants":["acme"]"#), "one of customer, agent"),
        (issuer.token("ann", #""role":"agent","tenants":["_system"]"#), "names of tenants"),
        (issuer.token("ann", #""role":"agent","tenants":["*","acme"]"#), "or * alone"),
        (issuer.token("ann lee", #""role":"agent","tenants":["acme"]"#), "sub"),
        (String(good.dropLast(2)) + "AA", "signature"), ("", ""), ("a.b.c", ""),
      ] {
        let answer = await running.send("/v1/refunds", token: token)
        #expect(answer.status == 401 && answer.code == "token-refused", "\(said)")
        #expect(answer.header("WWW-Authenticate") == "Bearer")
        #expect(said.isEmpty || answer.detail.contains(said), "\(answer.detail)")
        #expect(token.count < 20 || !answer.text.contains(token.dropFirst(20).prefix(40)))
      }
      let basic = await running.get("/v1/refunds", [("Authorization", "Basic YTpi")])
      #expect(basic.status == 401)
      running.redress.node.reload(Principals(owner: getuid()), tokens: nil)
      let answer = await running.send("/v1/refunds", token: good)
      #expect(answer.status == 401 && answer.detail.contains("names no tokens"))
    }
  }

  @Test func `is believed under the keys that the file has now`() async throws {
    try await RunningService.withIssuer { running, issuer in
      let token = issuer.person("agent", "ann")
      #expect(await running.send("/v1/refunds", token: token).status == 200)
      try issuer.write(keys: "")
      #expect(await running.send("/v1/refunds", token: token).status == 200, "an unusable file")
      try issuer.write(keys: #"{"kty":"oct","k":"\#(Base64URL.encode(randomBytes(32)))"}"#)
      #expect(await running.send("/v1/refunds", token: token).status == 401)
    }
  }

  @Test func `is believed under no key that another user may have written`() async throws {
    try await RunningService.withIssuer { running, issuer in
      let token = issuer.person("agent", "ann")
      #expect(await running.send("/v1/refunds", token: token).status == 200)
      let other = randomBytes(32)
      try issuer.write(keys: #"{"kty":"oct","k":"\#(Base64URL.encode(other))"}"#)
      chmod(issuer.keyFile, 0o666)
      #expect(await running.send("/v1/refunds", token: token).status == 200, "the old keys")
      #expect(throws: OwnFile.Fault.self) { try issuer.tokens }
    }
  }

  @Test func `may ask as often as their rate allows, and so may others`() async throws {
    try await RunningService.withIssuer { running, issuer in
      var rates = RateSettings()
      (rates.person, rates.service) = (1, 1)
      running.redress.node.reload(rates)
      let (ann, bob) = (issuer.person("agent", "ann"), issuer.person("agent", "bob"))
      var answers: [HTTPResponse] = []
      for _ in 0..<30 { answers.append(await running.send("/v1/refunds", token: ann)) }
      #expect(answers.prefix(10).allSatisfy { $0.status == 200 })
      let refused = try #require(answers.first { $0.status == 429 })
      #expect(refused.code == "too-many-requests" && refused.detail.contains("person-ann"))
      #expect((1...2).contains(Int(refused.header("Retry-After") ?? "") ?? 0))
      #expect(await running.send("/v1/refunds", token: bob).status == 200)
      #expect(await running.get("/healthz", over: .loopback).status == 200)
      // The lines of one request count one by one, and a burst is paid for afterwards.
      let line = #"{"id":"x","tenant":"acme","type":"Nothing","data":{}}"# + "\n"
      let many = await running.send(
        "POST", "/v1/commands",
        [("Content-Type", "application/x-ndjson"), ("Authorization", "Bearer \(bob)")],
        Array(String(repeating: line, count: 50).utf8), uid: 7_001)
      #expect(many.status == 429)
    }
  }
}

struct `A session of the pages` {
  @Test func `is opened once by a link, and by no look at it`() async throws {
    try await RunningService.with { running in
      let login = await running.send("POST", "/v1/logins", uid: getuid())
      let link = try #require(login.json?["path"]?.string)
      let none = [(name: "Cookie", value: "")]
      #expect(await running.send("HEAD", link, over: .loopback, none).status == 303)
      let opened = await running.send("GET", link, over: .loopback, none)
      #expect(opened.status == 303 && opened.header("Location") == "/")
      let cookie = try #require(opened.header("Set-Cookie"))
      #expect(cookie.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"))
      let session = [(name: "Cookie", value: "a=b; \(cookie.prefix { $0 != ";" })")]
      #expect(await running.get("/tenants/acme/refunds", over: .loopback, session).status == 200)
      let again = await running.send("GET", link, over: .loopback, none)
      #expect(again.status == 410 && again.text.contains("redress login"))
      #expect(await running.send("HEAD", link, over: .loopback, none).status == 410)
    }
  }

  @Test func `is needed for everything but health on the loopback address`() async throws {
    try await RunningService.with { running in
      for route in running.service.routes.routes where route.method == .get {
        for cookie in [
          "", "redress_session=", "redress_session=\(String(repeating: "0", count: 64))",
        ] {
          let answer = await running.get(route.target, over: .loopback, [("Cookie", cookie)])
          #expect((answer.status == 401) == (route.permission != nil), "\(route.path)")
        }
      }
      let answer = await running.get("/nothing", over: .loopback, [("Cookie", "")])
      #expect(answer.status == 401 && answer.detail.contains("redress login --data DIR"))
    }
  }

  @Test func `is not used by pages of another place`() async throws {
    try await RunningService.with { running in
      for (site, status) in [
        ("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403),
      ] {
        let answer = await running.get(
          "/v1/receipts/r1?tenant=acme", over: .loopback, [("Sec-Fetch-Site", site)])
        #expect(answer.status == status, "\(site)")
      }
      let link = "/login/\(String(repeating: "0", count: 64))"
      let answer = await running.get(link, over: .loopback, [("Sec-Fetch-Site", "cross-site")])
      #expect(answer.status == 410)
    }
  }

  @Test func `makes no room for a user at the cost of another`() async throws {
    try await RunningService.with { running in
      #expect(await running.get("/tenants/acme/refunds", over: .loopback).status == 200)
      for _ in 0..<120 {
        let login = await running.send("POST", "/v1/logins")
        let link = try #require(login.json?["path"]?.string)
        _ = await running.send("GET", link, over: .loopback, [("Cookie", "")])
      }
      #expect(await running.get("/tenants/acme/refunds", over: .loopback).status == 200)
    }
  }

  @Test func `sees what its user may see, and ends when the user loses the grant`() async throws {
    let viewer = Principal(
      name: PrincipalName(unchecked: "viewer"), actor: Actor(ofProcessOf: 7_003),
      grant: Grant(
        tenants: .only([TenantID(unchecked: "acme")]),
        permissions: .only(["sessions.open", "refunds.read"])))
    try await RunningService.with(principals: [7_003: viewer]) { running in
      let login = await running.send("POST", "/v1/logins", uid: 7_003)
      let link = try #require(login.json?["path"]?.string)
      let opened = await running.send("GET", link, over: .loopback, [("Cookie", "")])
      let cookie = try #require(opened.header("Set-Cookie")).prefix { $0 != ";" }
      let session = [(name: "Cookie", value: String(cookie))]
      #expect(await running.get("/tenants/acme/refunds", over: .loopback, session).status == 200)
      #expect(await running.get("/tenants/acme/cases", over: .loopback, session).status == 403)
      running.redress.node.reload(Principals(owner: getuid()), tokens: nil)
      #expect(await running.get("/tenants/acme/refunds", over: .loopback, session).status == 401)
    }
  }

  @Test func `does not come back with its user's number`() async throws {
    func viewer(_ name: String) -> Principals {
      let principal = Principal(
        name: PrincipalName(unchecked: name), actor: Actor(ofProcessOf: 7_003),
        grant: Grant(
          tenants: .only([TenantID(unchecked: "acme")]),
          permissions: .only(["sessions.open", "refunds.read"])))
      return Principals(owner: getuid(), configured: [7_003: principal])
    }
    try await RunningService.with { running in
      for next in [[Principals(owner: getuid()), viewer("viewer")], [viewer("other")]] {
        running.redress.node.reload(viewer("viewer"), tokens: nil)
        let waiting = await running.send("POST", "/v1/logins", uid: 7_003)
        let session = try await self.session(of: 7_003, in: running)
        let read = { await running.get("/tenants/acme/refunds", over: .loopback, session).status }
        running.redress.node.reload(viewer("viewer"), tokens: nil)
        #expect(await read() == 200, "the same grant again ends nothing")
        for principals in next { running.redress.node.reload(principals, tokens: nil) }
        #expect(await read() == 401)
        let link = try #require(waiting.json?["path"]?.string)
        #expect(await running.send("GET", link, over: .loopback, [("Cookie", "")]).status == 410)
      }
    }
  }

  @Test func `is recorded with its user, and the name that the user has`() async throws {
    let reader = Principal(
      name: PrincipalName(unchecked: "reader"), actor: Actor(ofProcessOf: 7_004),
      grant: Grant(
        tenants: .only([TenantID(unchecked: "acme")]),
        permissions: .only(["sessions.open", "proofs.read", "refunds.read"])))
    try await RunningService.with(principals: [7_004: reader]) { running in
      let session = try await self.session(of: 7_004, in: running)
      let target = "/v1/receipts/r1?tenant=acme"
      #expect(await running.get(target, over: .loopback, session).status == 200)
      let lines = await running.get("/v1/events?tenant=_system").text.split(separator: "\n")
      let access = try #require(lines.last { $0.contains(#""type":"DataAccessed""#) })
      #expect(access.contains(#""peeruid":7004,"principal":"reader""#), "\(access)")
      #expect(access.contains(#""way":"loopback""#))
    }
  }

  private func session(
    of user: UInt32, in running: RunningService
  ) async throws -> [(name: String, value: String)] {
    let login = await running.send("POST", "/v1/logins", uid: user)
    let link = try #require(login.json?["path"]?.string)
    let opened = await running.send("GET", link, over: .loopback, [("Cookie", "")])
    return [("Cookie", String(try #require(opened.header("Set-Cookie")).prefix { $0 != ";" }))]
  }
}
