// R5: an agent approves up to `agentApprovalLimit`, an admin without limit, a service and Redress
// itself up to `autoApproveLimit` for all that the order gives. With `fourEyes` the approver is
// none of the requesters. Store credit keeps the same limits.

import Domain
import EventSourcing
import Events

struct ApprovalLimits: Control {
  static let id = "approval-limits"
  static let statement = """
    Every refund and store credit was approved within the approver's limit, and by none of its \
    requesters where four eyes were required.
    """
  static let rules = ["R5"]

  /// Who requested each refund, and who amended it.
  private var requesters = SpillingDictionary<RefundID, Set<Actor>>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    guard let approval = approval(recorded.event, commit.before) else { return }
    examination.begin()
    Self.examine(approval, by: recorded, commit.before, &examination)
  }

  private struct Approval {
    var what: String
    var order: OrderID?
    /// `nil` for store credit.
    var refund: RefundID?
    var amount: Money
    var approver: Actor
    var requesters: Set<Actor>
  }

  mutating func spill(into file: SpillFile) throws { try requesters.spill(into: file) }

  /// What an event approves; keeps who requested what.
  private mutating func approval(_ event: Event, _ before: TenantState) -> Approval? {
    switch event {
    case .refund(.refundRequested(let event)):
      requesters.set(event.refundID, to: [event.requestedBy])
    case .refund(.refundAmended(let event)):
      requesters.update(event.refundID, default: []) { $0.insert(event.amendedBy) }
    case .refund(.refundApproved(let event)):
      let refund = before.refund(event.refundID)
      return Approval(
        what: "refund \(event.refundID)", order: refund.orderID, refund: event.refundID,
        amount: Money(event.approvedAmount, event.currency), approver: event.approvedBy,
        requesters: (requesters[event.refundID] ?? []).union(
          before.submitter(of: refund.returnID)))
    case .order(.storeCreditGranted(let event)):
      return Approval(
        what: "store credit of order \(event.orderID)", order: event.orderID, refund: nil,
        amount: Money(event.amount, event.currency), approver: event.grantedBy,
        requesters: before.submitter(of: event.returnID))
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      break
    }
    return nil
  }

  private static func examine(
    _ approval: Approval, by recorded: RecordedEvent, _ before: TenantState,
    _ examination: inout Examination
  ) {
    let settings = before.tenant.settings
    let (what, approver, position) = (approval.what, approval.approver, recorded.position)
    examination.require(
      approver == recorded.actor,
      "\(what) names \(approver) as its approver, and \(recorded.actor) approved it", at: position)
    examination.require(
      !settings.fourEyes || !approval.requesters.contains(approver),
      "\(approver) approved \(what) and had requested it, and four eyes were required",
      at: position)
    var counted = approval.amount.amount
    let limit: Int
    switch approver.kind {
    case .agent:
      switch before.tenant.agents[AgentID(unchecked: approver.name)] {
      case .admin: return
      case .agent: limit = settings.agentApprovalLimit
      case .auditor, .ops, nil: limit = 0
      }
    case .service, .system:
      limit = settings.autoApproveLimit
      counted += approval.order.map { before.given(of: $0, beside: approval.refund) } ?? 0
    case .customer: limit = 0
    }
    examination.require(
      counted <= limit && approval.amount.currency == settings.currency,
      """
      \(approver) approved \(what), which comes to \(Money(counted, approval.amount.currency)), \
      with a limit of \(Money(limit, settings.currency))
      """, at: position)
  }
}

extension TenantState {
  /// Who requested a return.
  fileprivate func submitter(of id: ReturnID?) -> Set<Actor> {
    Set([id.flatMap { self.return($0).header?.submittedBy }].compactMap(\.self))
  }

  /// All that an order gives beside a refund: paid, lost to banks, credited, and held by refunds
  /// that were approved.
  fileprivate func given(of id: OrderID, beside refund: RefundID?) -> Int {
    let account = account(id)
    let approved = account.held.keys.reduce(0) { sum, other in
      let counts = other != refund && self.refund(other).approvedAmount != nil
      return counts ? sum + account.held(by: other) : sum
    }
    return account.refundedTotal + account.lostTotal + account.credit + approved
  }
}
