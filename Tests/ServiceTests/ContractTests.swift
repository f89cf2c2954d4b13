// The contract says what the route table and EventSchemas say, and nothing in it leads nowhere.

import Domain
import Events
import HTTP
import JSON
import Routing
import Service
import Testing

struct ContractTests {
  @Test func `every route is an operation with its parameters and statuses`() async throws {
    try await RunningService.with { running in
      let contract = try #require(await running.get("/v1/openapi.json").json)
      let paths = contract["paths"]?.members ?? []
      for route in running.service.routes.routes {
        let operation = try #require(
          contract["paths"]?["\(route.path)"]?[route.method.rawValue.lowercased()],
          "\(route.method) \(route.path)")
        let names = operation["parameters"]?.elements?.compactMap { $0["name"]?.string } ?? []
        #expect(names == route.parameters.map(\.declaration.name) + route.headers.map(\.name))
        let statuses = Set(operation["responses"]?.members?.map(\.key) ?? [])
        #expect(statuses.isSuperset(of: route.answers.map { "\($0.status.rawValue)" }))
        #expect((operation["requestBody"] != nil) == (route.request != nil), "\(route.path)")
        #expect(operation["x-permission"]?.string == route.permission?.rawValue)
      }
      #expect(
        paths.map { $0.value.members?.count ?? 0 }.reduce(0, +)
          == running.service.routes.routes.count)
    }
  }

  @Test(arguments: [
    (#"{"id":"a","next":null,"rows":[{"at":"2026-01-16T10:00:00Z"}]}"#, nil),
    (#"{"id":"a","rows":[]}"#, "$.next is missing"),
    (#"{"id":1,"next":1,"rows":[]}"#, "$.id"),
    (#"{"id":"a","next":"1","rows":[]}"#, "$.next"),
    (#"{"id":"a","next":1,"rows":[{"at":"noon"}]}"#, "$.rows[0].at"),
    (#"{"id":"a","next":1,"rows":[{}]}"#, nil),
    (#"{"id":"a","next":1,"rows":[],"more":1}"#, "$.more is not declared"),
  ])
  func `a value that has another shape is told by its path`(json: String, path: String?) throws {
    let shape = JSONShape.object([
      "id": .text, "next": .nullable(.wholeNumber),
      "rows": .list(.object([:], optional: ["at": .time])),
    ])
    let difference = shape.difference(in: try JSONValue(parsing: Array(json.utf8)))
    #expect((difference == nil) == (path == nil))
    if let path { #expect(difference?.hasPrefix(path) == true, "\(difference ?? "")") }
  }

  @Test(arguments: ["/v1/openapi.json", "/v1/asyncapi.json"])
  func `every reference of a contract leads somewhere`(path: String) async throws {
    try await RunningService.with { running in
      let contract = try #require(await running.get(path).json)
      let references = contract.references
      #expect(references.count > 100)
      for reference in references {
        #expect(contract.value(at: reference) != nil, "\(reference)")
      }
    }
  }

  @Test func `a command is linked to the reads of what its data names`() async throws {
    try await RunningService.with { running in
      let contract = try #require(await running.get("/v1/openapi.json").json)
      let answers = contract["paths"]?["/v1/commands"]?["post"]?["responses"]
      let links = answers?["200"]?["links"]?.members ?? []
      #expect(
        links.first { $0.key == "getV1RefundsByRefundId" }?.value["parameters"]
          == .object(of: [
            "refundId": .string("$request.body#/data/refundId"),
            "tenant": .string("$request.body#/tenant"),
            "minPosition": .string("$response.body#/events/0/position"),
          ]))
      let operations = (contract["paths"]?.members ?? []).compactMap {
        $0.value["get"]?["operationId"]?.string
      }
      #expect(links.count >= 5 && links.allSatisfy { operations.contains($0.key) })
    }
  }

  @Test func `the feed's contract has a message for each version of each event`() async throws {
    try await RunningService.with { running in
      let contract = try #require(await running.get("/v1/asyncapi.json").json)
      let messages = contract["components"]?["messages"]?.members?.map(\.key) ?? []
      let names = PublishedSchemas.events.map { id in
        id.split(separator: ":").suffix(2).joined(separator: ".")
      }
      #expect(messages == names)
      #expect(contract["channels"]?["events"]?["messages"]?.members?.map(\.key) == names)
    }
  }

  @Test func `every schema is where its id says, and so is what it refers to`() async throws {
    try await RunningService.with { running in
      let list = try #require(await running.get("/v1/schemas").json)
      let paths = ["events", "commands"].flatMap { list[$0]?.elements ?? [] }.compactMap(\.string)
      #expect(
        paths.count == PublishedSchemas.events.count + PublishedSchemas.commands.count)
      let types = try #require(await running.get("/v1/schemas/types.json").json)
      for path in paths {
        let schema = try #require(await running.get(path).json, "\(path)")
        #expect(schema["$id"]?.string == path)
        for reference in schema.references {
          let name = reference.split(separator: "/").last.map(String.init) ?? ""
          #expect(reference == "../types.json#/$defs/\(name)")
          #expect(types["$defs"]?[name] != nil, "\(path): \(name)")
        }
      }
      #expect(await running.get("/v1/schemas/events/Nothing.1.json").status == 404)
    }
  }

  @Test func `every type of problem has its page, with the text of its rule`() async throws {
    try await RunningService.with { running in
      let list = await running.get("/problems").text
      for type in ProblemType.allCases {
        let page = await running.get(ProblemType.path(of: type.rawValue))
        #expect(page.status == 200, "\(type)")
        #expect(list.contains("href=\"\(ProblemType.path(of: type.rawValue))\""))
      }
      for reason in RuleBook.refusals {
        let code = reason.rawValue.reduce(into: "") { code, letter in
          code += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
        }
        let page = await running.get(ProblemType.path(of: code))
        #expect(page.status == 200, "\(code)")
        let rules = page.text.ranges(of: "<h2>The rule: ").count
        #expect(rules == reason.guide.rules.count, "\(code)")
      }
      let window = await running.get("/problems/outside-return-window").text
      #expect(window.contains("The last day on which a refund is approved is the delivery date"))
      #expect(await running.get("/problems/nothing").status == 404)
    }
  }

  @Test func `the page of the contract names every route`() async throws {
    try await RunningService.with { running in
      let page = await running.get("/contract", over: .loopback)
      #expect(page.status == 200)
      for route in running.service.routes.routes {
        #expect(page.text.contains(">\(route.method.rawValue) \(route.path)<"), "\(route.path)")
      }
    }
  }
}

extension JSONValue {
  /// The values of all `$ref` in it.
  fileprivate var references: [String] {
    switch self {
    case .object(let members):
      members.flatMap { member in
        member.key == "$ref" ? [member.value.string ?? ""] : member.value.references
      }
    case .array(let elements): elements.flatMap(\.references)
    case .null, .bool, .integer, .number, .string: []
    }
  }

  /// What a reference such as `#/components/schemas/Refund` leads to.
  fileprivate func value(at reference: String) -> JSONValue? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(Optional(self)) { value, key in
      value?[String(key)]
    }
  }
}
