// Given a table of routes: which route answers a request, and what of its parameters.

import EventSourcing
import JSON
import Routing
import Testing

private let refundID = Parameter.path("refundId", as: TenantID.self)
private let status = Parameter.choice("status", of: ["pending", "executed"])
private let states = Parameter.choices("states", of: ["a", "b"])
private let limit = Parameter.wholeNumber("limit", 1...500, default: 50)
private let before = Parameter.wholeNumber("before")
private let follow = Parameter.flag("follow")
private let after = Parameter.time("after")
private let email = Parameter.text("email", byteCount: 1...5)
private let position = Parameter.requiredWholeNumber("position")

private func route(
  _ method: Route.Method, _ path: PathTemplate, kind: Route.Kind = .api,
  _ parameters: [any DeclaredParameter] = []
) -> Route {
  Route(
    method, path, "A route.", kind: kind, access: method == .get ? .loopback : .socketOnly,
    parameters: parameters, answers: [.json("Nothing", .any)]
  ) { _ in .noContent }
}

private let table = RouteTable([
  route(.get, "/v1/refunds", [status, states, limit, before, follow, after, email]),
  route(.get, "/v1/refunds/{refundId}", [refundID]),
  route(.put, "/v1/drafts/{refundId}", [refundID]),
  route(.get, "/v1/drafts/{refundId}", [refundID]),
  route(.get, "/v1/refunds/new"),
  route(.get, "/v1/proof", [position]),
  route(.get, "/tenants/list", kind: .page(navigation: "All"), [email, limit]),
])

private func matched(_ method: String, _ path: String) -> String {
  switch table.match(method, path.split(separator: "/").map(String.init)) {
  case .route(let route): route.path.description
  case .methodNotAllowed(let allowed, _): "allows \(allowed.joined(separator: ", "))"
  case .notFound: "nothing"
  }
}

private func values(
  _ path: String, _ query: [(name: String, value: String)]
) throws(Problem) -> ParameterValues {
  let segments = path.split(separator: "/").map(String.init)
  guard case .route(let route) = table.match("GET", segments) else { fatalError() }
  return try route.values(path: segments, query: query)
}

private func call(
  _ path: String, _ query: [(name: String, value: String)] = []
) throws(Problem) -> Call {
  Call(
    path: path, peer: nil,
    principal: Principal(
      name: PrincipalName(unchecked: "test"), actor: Actor(.service, "test"), grant: .nothing),
    receivedAt: Timestamp(microseconds: 0), tenant: nil, values: try values(path, query))
}

struct RouteTableTests {
  @Test func `a path and a method lead to one route`() {
    #expect(matched("GET", "/v1/refunds") == "/v1/refunds")
    #expect(matched("GET", "/v1/refunds/r1") == "/v1/refunds/{refundId}")
    #expect(matched("GET", "/v1/refunds/new") == "/v1/refunds/new")
    #expect(matched("HEAD", "/v1/refunds") == "/v1/refunds")
    #expect(matched("DELETE", "/v1/refunds") == "allows GET, HEAD")
    #expect(matched("POST", "/v1/drafts/d1") == "allows PUT, GET, HEAD")
    #expect(matched("HEAD", "/v1/refunds/r1/x") == "nothing")
    #expect(matched("GET", "/") == "nothing")
  }

  @Test func `an unknown path gets the paths that begin as it does`() {
    #expect(
      table.paths(near: ["v1", "refunds", "a", "b"], ofPages: false)
        == ["/v1/refunds", "/v1/refunds/{refundId}", "/v1/refunds/new"])
    #expect(table.paths(near: ["v1", "nothing"], ofPages: false).contains("/v1/drafts/{refundId}"))
    #expect(table.navigation.map(\.title) == ["All"])
  }

  @Test func `absent parameters have their defaults`() throws {
    let call = try call("/v1/refunds")
    #expect(call[status] == nil)
    #expect(call[states] == [])
    #expect(call[limit] == 50)
    #expect(call[before] == nil)
    #expect(call[follow] == false)
    #expect(call[after] == nil)
    #expect(call[email] == nil)
  }

  @Test func `given parameters have their values`() throws {
    let call = try call(
      "/v1/refunds",
      [
        ("status", "pending"), ("states", "a,b"), ("limit", "7"), ("before", "0"),
        ("follow", ""), ("after", "2026-01-16T10:00:00Z"), ("email", "ab@c"),
      ])
    #expect(call[status] == "pending")
    #expect(call[states] == ["a", "b"])
    #expect(call[limit] == 7)
    #expect(call[before] == 0)
    #expect(call[follow])
    #expect(call[after] == Timestamp("2026-01-16T10:00:00Z"))
    #expect(call[email] == "ab@c")
    #expect(try self.refund("r1") == "r1")
  }

  private func refund(_ id: String) throws(Problem) -> String {
    try call("/v1/refunds/\(id)")[refundID].rawValue
  }

  @Test(arguments: [
    ("status", "done", "status: done is not one of pending, executed."),
    ("states", "a,", "states: a, is not a list, with commas between, of a, b."),
    ("limit", "0", "limit: 0 is not a whole number between 1 and 500."),
    ("limit", "+7", "limit: +7 is not a whole number between 1 and 500."),
    ("before", "-1", "before: -1 is not a whole number from 0."),
    ("follow", "maybe", "follow: maybe is not true or false."),
    (
      "after", "noon",
      "after: noon is not a time such as 2026-01-16T10:00:00Z or 2026-01-16T11:00:00+01:00."
    ),
    ("email", "", "email:  is not a text of 1 to 5 bytes."),
  ])
  func `a malformed parameter is named with what would be right`(
    name: String, text: String, detail: String
  ) {
    let problem = #expect(throws: Problem.self) { try values("/v1/refunds", [(name, text)]) }
    #expect(problem?.status == .badRequest)
    #expect(problem?.detail == detail)
    #expect(problem?.json["parameter"]?.string == name)
  }

  @Test func `unknown, repeated and missing parameters are refused`() {
    let unknown = #expect(throws: Problem.self) { try values("/v1/refunds/new", [("lmit", "1")]) }
    #expect(unknown?.detail == "lmit: is not a parameter of this path, which has none.")
    let twice = #expect(throws: Problem.self) {
      try values("/v1/refunds", [("limit", "1"), ("limit", "2")])
    }
    #expect(twice?.detail == "limit: is given twice; give it once.")
    let missing = #expect(throws: Problem.self) { try values("/v1/proof", []) }
    #expect(missing?.detail == "position: is missing; give a whole number from 0.")
    let path = #expect(throws: Problem.self) { try values("/v1/refunds/no ne", []) }
    #expect(path?.detail.contains("1 to 64") == true)
  }

  @Test func `an empty field of a page's form counts as absent`() throws {
    let call = try call("/tenants/list", [("email", ""), ("limit", "3")])
    #expect(call[email] == nil)
    #expect(call[limit] == 3)
  }
}
