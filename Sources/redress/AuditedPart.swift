// Which part of a history an auditor's command looks at: --tenant, --from and --to.

import Audit
import EventSourcing
import Node

/// The tenant and the span that the options name.
struct AuditedPart {
  /// All tenants if `nil`.
  let tenant: TenantID?
  let from: AuditBound?
  let to: AuditBound?

  init(of folder: DataFolder, _ arguments: inout Arguments) throws {
    let name = try arguments.option("--tenant")
    from = try Self.bound("--from", dayAt: "00:00:00Z", &arguments)
    to = try Self.bound("--to", dayAt: "23:59:59.999999Z", &arguments)
    if case .position(let first)? = from, case .position(let last)? = to, first > last {
      throw Stop.usage("--from \(first) comes after --to \(last)")
    }
    if case .time(let first)? = from, case .time(let last)? = to, first > last {
      throw Stop.usage("--from \(first) comes after --to \(last)")
    }
    let needsTenant = [from, to].contains { if case .position? = $0 { true } else { false } }
    tenant = try name != nil || needsTenant ? folder.tenant(named: name) : nil
  }

  /// Whether it is limited to a span of the history.
  var isSpan: Bool { from != nil || to != nil }

  /// - Parameter clock: the time of a day that is given alone.
  private static func bound(
    _ name: String, dayAt clock: String, _ arguments: inout Arguments
  ) throws -> AuditBound? {
    guard let text = try arguments.option(name) else { return nil }
    if let bound = AuditBound(text) { return bound }
    if let day = CalendarDate(text), let time = Timestamp("\(day)T\(clock)") { return .time(time) }
    throw Stop.usage(
      "\(name) \(text) is neither a position nor a time: give 40, 2026-01-16 (UTC) or "
        + "2026-01-16T10:00:00Z, with any offset")
  }

  /// - Throws: where a span was asked for and no commit lies in it.
  func requireExamined(_ tenants: [AuditedTenant]) throws {
    let isEmpty = tenants.allSatisfy { $0.examined == nil }
    guard !isEmpty || !isSpan else {
      throw Stop.unable("there is no event in this span")
    }
  }
}
