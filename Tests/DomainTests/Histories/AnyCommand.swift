// Any command at all that the schemas allow: every type, every field, amounts at their extremes,
// names from small sets so that commands meet. Made from EventSchemas/, so new commands come by
// themselves.

import EventSourcing
import Events
import Foundation
import JSON
import SeededRandom

struct AnyCommand {
  private let schemas: [(type: String, schema: JSONValue)]
  private let types: JSONValue

  init() throws {
    let folder = RuleTable.repository.appending(path: "EventSchemas")
    func parsed(_ path: String) throws -> JSONValue {
      try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: path))))
    }
    types = try parsed("types.json")
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "commands").path)
    schemas = try files.sorted().map { file in
      (String(file.prefix { $0 != "." }), try parsed("commands/\(file)"))
    }
  }

  /// A random command, whole as the service would hand it on, with names where they may be left
  /// out.
  ///
  /// - Throws: where the schema says more than is read here, such as that two fields exclude each
  ///   other.
  func callAsFunction(_ random: inout SplitMix64) throws -> Command {
    let (type, schema) = schemas[Int.random(in: schemas.indices, using: &random)]
    let json = JSONValue.object([
      .init("id", .string("c1")), .init("tenant", .string("acme")), .init("type", .string(type)),
      .init("data", value(schema, "", &random)),
    ])
    return try SubmittedCommand(json: json.json).command
  }

  private func value(
    _ schema: JSONValue, _ key: String, _ random: inout SplitMix64
  ) -> JSONValue {
    if let reference = schema["$ref"]?.string {
      let name = String(reference.split(separator: "/").last ?? "")
      if let names = Self.names[name], let name = names.randomElement(using: &random) {
        return .string(name)
      }
      return value(types["$defs"]?[name] ?? .null, name, &random)
    }
    switch schema["type"]?.string {
    case "object":
      let required = schema["required"]?.elements?.compactMap(\.string) ?? []
      return .object(
        (schema["properties"]?.members ?? []).compactMap { member in
          let isNeeded =
            required.contains(member.key) || ["Id", "Key"].contains(where: member.key.hasSuffix)
          if !isNeeded, random.oneIn(2) { return nil }
          return .init(member.key, value(member.value, member.key, &random))
        })
    case "array":
      let least = Int(schema["minItems"]?.integer ?? 0)
      let most = min(Int(schema["maxItems"]?.integer ?? 3), least + 2)
      let count = Int.random(in: least...max(least, most), using: &random)
      return .array((0..<count).map { _ in value(schema["items"] ?? .null, key, &random) })
    case "integer": return .integer(integer(schema, &random))
    case "boolean": return .bool(random.oneIn(2))
    default:
      if let choices = schema["enum"]?.elements, let choice = choices.randomElement(using: &random)
      {
        return choice
      }
      return .string(
        schema["pattern"] == nil ? "words" : "x\(Int.random(in: 1...2, using: &random))")
    }
  }

  private func integer(_ schema: JSONValue, _ random: inout SplitMix64) -> Int64 {
    let least = schema["minimum"]?.integer ?? 0
    let most = schema["maximum"]?.integer ?? 9_007_199_254_740_991
    let some: [Int64] = [
      least, least + 1, 2, 6, 600, 2_606, 10_000, most / 2, most / 3, most - 1, most,
      Int64.random(in: least...most, using: &random),
    ]
    return min(most, max(least, some[Int.random(in: some.indices, using: &random)]))
  }

  private static let names: [String: [String]] = [
    "CustomerID": ["cus_5", "cus_6"], "AgentID": ["usr_17", "usr_18", "usr_21"],
    "CaseID": ["sca_9", "sca_8"], "OrderID": ["536365", "536366"], "LineID": ["1", "2", "3"],
    "PaymentID": ["pay_1", "pay_2"], "RefundID": ["srf_1", "srf_2", "srf_3"],
    "RefundItemID": ["sri_1", "sri_2", "sri_3"], "ReturnID": ["ret_1", "ret_2"],
    "LegID": ["leg_1"], "ChargebackID": ["chg_1", "chg_2"], "HoldID": ["sph_1", "sph_2"],
    "Actor": ["agent/usr_17", "agent/usr_18", "customer/cus_5", "system/policy"],
    "CurrencyCode": ["GBP", "GBP", "JPY", "KWD", "CLF", "XAU"],
    "TimeZoneName": ["Europe/London"],
    "Timestamp": [
      "2026-01-05T09:30:00Z", "2026-01-16T12:00:00Z", "2026-01-30T12:00:00Z",
      "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    ],
    "CalendarDate": ["2026-01-05", "2026-01-16", "0001-01-01", "9999-12-31"],
    "ContentDigest": [String(repeating: "9f", count: 32)],
    "ClockTime": ["09:00", "12:30", "17:00"], "MediaType": ["image/png", "text/plain"],
    "ShopDomain": ["acme.myshopify.com"], "KeyFingerprint": [String(repeating: "9f", count: 16)],
  ]
}
