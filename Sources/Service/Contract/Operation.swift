// One route as an operation of OpenAPI: parameters, body and answers.

import JSON
import Routing

struct Operation {
  var route: Route
  /// Of its answer where all went well.
  var links: JSONValue?

  var json: JSONValue {
    let parameters =
      route.parameters.map { parameter($0.declaration) } + route.headers.map(Self.header)
    return .object(of: [
      "operationId": .string(id), "summary": .string(route.summary),
      "description": route.permission.map { .string("Permission: \($0.rawValue).") },
      "tags": .array([.string((route.kind == .api ? OpenAPI.Tag.api : .pages).rawValue)]),
      "security": .array(security),
      "x-permission": route.permission.map { .string($0.rawValue) },
      "x-socket-only": route.access == .socketOnly ? .bool(true) : nil,
      "parameters": parameters.isEmpty ? nil : .array(parameters),
      "requestBody": route.request.map(Self.body), "responses": .object(responses),
    ])
  }

  /// `getV1RefundsByRefundId` of `GET /v1/refunds/{refundId}`.
  var id: String {
    let words = route.path.segments.map { segment in
      switch segment {
      case .literal(let text):
        text.split { !$0.isLetter && !$0.isNumber }.map(\.capitalizedFirst).joined()
      case .parameter(let name): "By\(name.capitalizedFirst)"
      }
    }
    return route.method.rawValue.lowercased() + (words.isEmpty ? "Root" : words.joined())
  }

  /// A token is never needed on the socket; a request with a wrong one is refused.
  private var security: [JSONValue] {
    let none = JSONValue.object([])
    return route.permission == nil ? [none] : [none, .object(of: ["token": .array([])])]
  }

  // MARK: Parameters

  private func parameter(_ declaration: ParameterDeclaration) -> JSONValue {
    var schema = declaration.form.schema
    // The text of a default is shown; the schema's own would be of its type.
    if let text = declaration.defaultText { schema["x-default"] = .string(text) }
    if declaration.isRepeatable {
      schema = .object(of: ["type": .string("array"), "items": schema])
    }
    // A form sends what was not filled in as an empty text.
    if route.kind != .api, declaration.place == .query {
      schema = JSONShape.either(schema, .textOf(length: 0...0))
    }
    return .object(of: [
      "name": .string(declaration.name),
      "in": .string(declaration.place == .path ? "path" : "query"),
      "description": .string("It is \(declaration.expectation)."),
      "required": .bool(declaration.isRequired), "schema": schema,
      "explode": declaration.form.isCommaSeparated ? .bool(false) : nil,
    ])
  }

  private static func header(_ header: Header) -> JSONValue {
    .object(of: [
      "name": .string(header.name), "in": .string("header"),
      "description": .string("It is \(header.expectation)."),
      "required": .bool(header.isRequired),
      "schema": JSONShape.textOf(length: 1...256).schema,
    ])
  }

  // MARK: Bodies

  private static func body(_ request: RequestBody) -> JSONValue {
    .object(of: [
      "description": .string(
        "\(request.type), at most \(request.byteCountMax) bytes"
          + (request.mediaTypes.isEmpty ? ", of any media type." : ".")),
      "required": .bool(true),
      "content": .object(
        request.forms.map { form in
          // Bytes have no schema (OpenAPI 3.1, section 4.8.14.3).
          JSONValue.Member(form.mediaType, .object(of: ["schema": form.shape?.schema]))
        }),
    ])
  }

  // MARK: Answers

  private var responses: [JSONValue.Member] {
    let answers = route.answers + [internalError] + Self.serverRefusals
    let statuses = Set(answers.map(\.status)).sorted()
    return statuses.map { status in
      JSONValue.Member(
        "\(status.rawValue)", response(status, answers.filter { $0.status == status }))
    }
  }

  /// What the server refuses before it knows the route.
  private static let serverRefusals: [Answer] = [
    .problem(.badRequest), .problem(.requestTimeout), .problem(.contentTooLarge),
    .problem(.expectationFailed), .problem(.requestHeaderFieldsTooLarge),
    .problem(.serviceUnavailable),
  ]

  /// Any route may fail.
  private var internalError: Answer {
    route.kind == .api
      ? .problem(.internalServerError)
      : Answer(.internalServerError, "Page", mediaType: "text/html")
  }

  private func response(_ status: Status, _ answers: [Answer]) -> JSONValue {
    var content: [JSONValue.Member] = []
    for answer in answers where !answer.mediaType.isEmpty {
      if content.contains(where: { $0.key == answer.mediaType }) { continue }
      content.append(
        .init(answer.mediaType, .object(of: ["schema": Self.schema(of: answer)])))
    }
    // A browser gets each problem as a page.
    if answers.contains(where: { $0.type == "Problem" }),
      !content.contains(where: { $0.key == "text/html" })
    {
      content.append(.init("text/html", .object(of: ["schema": JSONShape.text.schema])))
    }
    let retry = JSONValue.object(of: [
      "Retry-After": .object(of: [
        "description": .string("Seconds to wait before asking again."), "required": .bool(true),
        "schema": JSONShape.wholeNumber.schema,
      ])
    ])
    return .object(of: [
      "description": .string(status.phrase),
      "headers": status == .serviceUnavailable ? retry : nil,
      "content": content.isEmpty ? nil : .object(content),
      "links": status == .ok ? links : nil,
    ])
  }

  private static func schema(of answer: Answer) -> JSONValue {
    if answer.type == "Problem" { return JSONShape.reference(to: "Problem") }
    if answer.shape != nil { return JSONShape.reference(to: answer.type) }
    return answer.mediaType == "*/*" ? .object([]) : JSONShape.text.schema
  }
}

extension StringProtocol {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension ParameterDeclaration.Form {
  fileprivate var isCommaSeparated: Bool { if case .choices = self { true } else { false } }

  fileprivate var schema: JSONValue {
    switch self {
    case .text(let byteCount):
      .object(of: [
        "type": .string("string"), "minLength": .integer(Int64(byteCount.lowerBound)),
        "maxLength": .integer(Int64(byteCount.upperBound)),
        // No target of a request holds U+0000.
        "pattern": .string(#"^[^\u0000]*$"#),
      ])
    case .identifier: JSONShape.identifier.schema
    case .matching(let pattern): JSONShape.matching(pattern).schema
    case .choice(let words): JSONShape.choice(words).schema
    case .choices(let words):
      JSONShape.listOf(.choice(words), count: 1...words.count * 2).schema
    case .wholeNumber(let bounds):
      .object(of: [
        "type": .string("integer"), "minimum": .integer(Int64(clamping: bounds.lowerBound)),
        "maximum": .integer(Int64(clamping: bounds.upperBound)),
      ])
    case .boolean: JSONShape.boolean.schema
    case .time: JSONShape.time.schema
    }
  }
}
