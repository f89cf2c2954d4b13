// What a back-test exchanges: a tenant's windows, limits, policy and reasons. The file names only
// what changes:
//
//     {"returnWindowDays":7,"autoApproveLimit":5000,"agentApprovalLimit":20000,"fourEyes":true,
//      "policy":{…},"returnSettings":{"reasons":[…]}}
//
// Each member is read by the schema of the command that would change it, and applied by the rules
// of that command, so that the file is refused where the command would be.

import Domain
public import EventSourcing
public import Events
public import JSON

/// The settings and rules that a back-test exchanges; everything else stays as it was.
public struct BacktestChange: Sendable {
  private var settings = ChangeTenantSettings()
  private var policy: DefinePolicy?
  private var returnSettings: ChangeReturnSettings?

  private static let fields = JSONFields([
    (#""returnWindowDays":"#, false), (#""autoApproveLimit":"#, false),
    (#""agentApprovalLimit":"#, false), (#""fourEyes":"#, false), (#""policy":"#, false),
    (#""returnSettings":"#, false),
  ])

  /// Reads a whole file.
  ///
  /// - Throws: for a member that is unknown or does not fit its schema, with its path.
  public init(json text: [UInt8]) throws(JSONError) {
    var reader = JSONReader(text.span)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Self.fields, &progress) {
      switch field {
      case 0:
        settings.returnWindowDays = try reader.readSetting("returnWindowDays").returnWindowDays
      case 1:
        settings.autoApproveLimit = try reader.readSetting("autoApproveLimit").autoApproveLimit
      case 2:
        settings.agentApprovalLimit = try reader.readSetting("agentApprovalLimit")
          .agentApprovalLimit
      case 3: settings.fourEyes = try reader.readSetting("fourEyes").fourEyes
      case 4: policy = try reader.readPolicy()
      default: returnSettings = try reader.readReturnSettings()
      }
    }
    try reader.finish()
  }

  /// The same object in canonical form.
  public var json: JSONValue {
    var bytes: [UInt8] = []
    settings.writeJSON(to: &bytes)
    var value = (try? JSONValue(parsing: bytes)) ?? .object([])
    func add(_ key: String, _ write: (inout [UInt8]) -> Void) {
      var bytes: [UInt8] = []
      write(&bytes)
      value[key] = try? JSONValue(parsing: bytes)
    }
    if let policy { add("policy", policy.writeJSON) }
    if let returnSettings { add("returnSettings", returnSettings.writeJSON) }
    return value
  }
}

extension BacktestChange {
  /// The tenant as it would have been.
  ///
  /// - Throws: ``BacktestError/unfit(_:_:)`` where a rule refuses the change.
  func applied(to tenant: Tenant, _ facts: Facts) throws -> Tenant {
    var changed = tenant
    func apply(_ member: String, _ decide: () throws -> Decision) throws {
      do {
        guard case .events(let events) = try decide() else { return }
        for event in events { try changed.fold(event) }
      } catch let rejection as any Rejection {
        throw BacktestError.unfit(facts.tenantID, "\(member): \(rejection.detail)")
      }
    }
    try apply("$") { try Tenant.changeSettings(settings, tenant: changed, facts: facts) }
    // The policy of then gives way first, because its rules may be about reasons that go.
    if policy != nil, let active = tenant.policy {
      try apply("$.policy") {
        try Tenant.deactivatePolicy(
          DeactivatePolicy(policyID: active.policyID), tenant: changed, facts: facts)
      }
    }
    if let returnSettings {
      try apply("$.returnSettings") {
        try Tenant.changeReturnSettings(returnSettings, tenant: changed, facts: facts)
      }
    }
    if var policy {
      policy.active = true
      try apply("$.policy") { try Tenant.definePolicy(policy, tenant: changed, facts: facts) }
    }
    return changed
  }
}

/// Why a back-test cannot go on.
public enum BacktestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The change does not fit a tenant as it was.
  case unfit(TenantID, String)
  /// A sum beyond what whole minor units can count.
  case sumTooLarge(CurrencyCode)

  public var description: String {
    switch self {
    case .unfit(let tenant, let problem):
      "\(problem) It does not fit the tenant \(tenant) as it was; returnSettings can give other "
        + "reasons, and --tenant and --from leave decisions out."
    case .sumTooLarge(let currency):
      "the amounts in \(currency) add up to more than can be counted; --tenant, --from and --to "
        + "choose fewer"
    }
  }
}

extension JSONReader {
  /// Reads one setting by the schema of `ChangeTenantSettings`.
  fileprivate mutating func readSetting(
    _ key: String
  ) throws(JSONError) -> ChangeTenantSettings {
    let value = try skipValue()
    let head = Array("{\"\(key)\":".utf8)
    let object = head + Array(text(value).utf8) + [UInt8(ascii: "}")]
    var reader = JSONReader(object.span)
    do { return try ChangeTenantSettings(json: &reader) } catch {
      var error = error
      error.offset += value.lowerBound - head.count
      throw error
    }
  }

  fileprivate mutating func readPolicy() throws(JSONError) -> DefinePolicy {
    let start = startOfValue()
    let policy = try DefinePolicy(json: &self)
    guard policy.active != false else {
      throw JSONError(
        path: "$.policy.active", offset: start,
        problem: "found false; the back-test decides by this policy, so leave active out")
    }
    return policy
  }

  fileprivate mutating func readReturnSettings() throws(JSONError) -> ChangeReturnSettings {
    let start = startOfValue()
    let settings = try ChangeReturnSettings(json: &self)
    guard settings.expiryDays == nil else {
      throw JSONError(
        path: "$.returnSettings.expiryDays", offset: start,
        problem: "whether items would have been sent by another day is not in the history; "
          + "leave expiryDays out")
    }
    return settings
  }
}
