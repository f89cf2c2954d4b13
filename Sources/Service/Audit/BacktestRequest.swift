// What a request for a back-test changes: the fields of the form, as the one JSON object that
// `redress backtest` reads. The same code checks it, so that a field is refused where the file
// would be.

import Audit
import EventSourcing
import Events
import JSON
import Projecting
import Projections
import Routing

struct BacktestRequest {
  typealias Field = BacktestForm.Field

  /// What was filled in, by field.
  let values: [Field: String]

  static let parameters: [any DeclaredParameter] =
    numbers.map(\.value) + choices.map(\.value) + [policy, change]

  private static let numbers: [(key: Field, value: Parameter<Int?>)] = [
    .returnWindowDays, .autoApproveLimit, .agentApprovalLimit, .defaultRestockingFee,
    .defaultShippingFee,
  ].map { ($0, .wholeNumber($0.rawValue)) }
  private static let choices: [(key: Field, value: Parameter<String?>)] = [
    .fourEyes, .defaultEligible, .defaultAutoApprove,
  ].map { ($0, .choice($0.rawValue, of: BacktestForm.answers)) }
  private static let policy = Parameter.identifier(Field.policy.rawValue, as: PolicyID.self)
  private static let change = Parameter<String?>.text(Field.change.rawValue, byteCount: 1...4096)

  init(of call: Call) {
    var values: [Field: String] = [:]
    for (field, parameter) in Self.numbers { values[field] = call[parameter].map { "\($0)" } }
    for (field, parameter) in Self.choices { values[field] = call[parameter] }
    values[.policy] = call[Self.policy]?.rawValue
    values[.change] = call[Self.change]
    self.values = values
  }

  /// - Parameter policies: the tenant's own.
  /// - Returns: `nil` where nothing was filled in.
  /// - Throws: ``Problem`` for a field that does not fit.
  func change(from policies: [PolicyRow]) throws -> BacktestChange? {
    if values.isEmpty { return nil }
    var change = try object()
    func add(_ field: Field, _ value: JSONValue?) throws {
      guard let value else { return }
      guard change[field.rawValue] == nil else {
        throw Problem.invalidValue("\(field): is in change, too; give it once.")
      }
      change[field.rawValue] = value
    }
    for field in [Field.returnWindowDays, .autoApproveLimit, .agentApprovalLimit] {
      try add(field, number(field))
    }
    try add(.fourEyes, flag(.fourEyes))
    try add(.policy, policy(from: policies))
    do { return try BacktestChange(json: change.json) } catch {
      throw Problem.invalidValue("\(error)")
    }
  }

  private func object() throws -> JSONValue {
    guard let text = values[.change] else { return .object([]) }
    let value: JSONValue
    do { value = try JSONValue(parsing: Array(text.utf8)) } catch {
      throw Problem.invalidValue("change: \(error)")
    }
    guard case .object = value else {
      throw Problem.invalidValue(
        "change: is no object; give one such as {\"returnSettings\":{\"reasons\":[…]}}.")
    }
    return value
  }

  /// The policy that was chosen, or else the active one, with what was filled in of its default
  /// action; `nil` where neither was.
  private func policy(from policies: [PolicyRow]) throws -> JSONValue? {
    let action: [(String, JSONValue?)] = [
      ("eligible", flag(.defaultEligible)), ("restockingFee", number(.defaultRestockingFee)),
      ("shippingFee", number(.defaultShippingFee)), ("autoApprove", flag(.defaultAutoApprove)),
    ]
    let isChanged = action.contains { $0.1 != nil }
    guard isChanged || values[.policy] != nil else { return nil }
    guard var policy = try row(from: policies).policy.value.asDefinition else { return nil }
    if isChanged, var defaultAction = policy["defaultAction"] {
      for (key, value) in action where value != nil { defaultAction[key] = value }
      policy["defaultAction"] = defaultAction
    }
    return policy
  }

  private func row(from policies: [PolicyRow]) throws -> PolicyRow {
    guard let id = values[.policy] else {
      guard let active = policies.first(where: \.isActive) else {
        throw Problem.invalidValue(
          "policy: no policy is active, so that there is no default action to change; choose one.")
      }
      return active
    }
    guard let chosen = policies.first(where: { $0.policyID == id }) else {
      throw Problem.invalidValue("policy: the tenant has no policy \(id).")
    }
    return chosen
  }

  private func number(_ field: Field) -> JSONValue? {
    values[field].flatMap { Int64($0) }.map { .integer($0) }
  }

  private func flag(_ field: Field) -> JSONValue? { values[field].map { .bool($0 == "yes") } }
}

extension JSONValue {
  /// The policy as `DefinePolicy` has it: without its version.
  fileprivate var asDefinition: JSONValue? {
    guard case .object(let members) = self else { return nil }
    return .object(members.filter { $0.key != "version" })
  }
}
