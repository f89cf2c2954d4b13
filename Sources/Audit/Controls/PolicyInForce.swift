// P1 and P2: a return records the policy that was active when it was requested, and what that
// policy says of each line for the facts that are recorded. The refund of a return charges the fees
// of that policy, also where the tenant has another one by then.

import Domain
import EventSourcing
import Events

struct PolicyInForce: Control {
  static let id = "policy-in-force"
  static let statement = """
    Every return was decided by the policy in force at its request, and its refund charges the \
    fees of that policy.
    """
  static let rules = ["P1", "P2"]

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    if case .return(.returnRequested(let event)) = recorded.event {
      examination.begin()
      Self.examine(event, recorded.position, commit.facts.tenant.policy, &examination)
    }
    if case .refund(.refundRequested(let event)) = recorded.event, let returnID = event.returnID {
      examination.begin()
      Self.examine(event, of: commit.before.return(returnID), recorded.position, &examination)
    }
  }

  private static func examine(
    _ event: ReturnRequested, _ position: Position, _ policy: Policy?,
    _ examination: inout Examination
  ) {
    guard let policy, policy.reference == event.policy else {
      let inForce = policy.map { "policy \($0.policyID) in version \($0.version)" } ?? "no policy"
      examination.find(
        """
        return \(event.returnID) names policy \(event.policy.policyID) in version \
        \(event.policy.version), and \(inForce) was in force
        """, at: position)
      return
    }
    for line in event.lines {
      let decision = policy.decision(for: line.decision.facts)
      examination.require(
        decision == line.decision,
        """
        line \(line.lineID) of return \(event.returnID) was decided by \
        \(line.decision.named), and policy \(policy.policyID) in version \(policy.version) \
        decides its facts by \(decision.named)
        """, at: position)
    }
  }

  private static func examine(
    _ event: RefundRequested, of returnState: Return, _ position: Position,
    _ examination: inout Examination
  ) {
    let actions = returnState.lines.map(\.action)
    let rates = Set(actions.compactMap(\.restockingFee))
    for fee in event.restockingFees {
      examination.require(
        rates.contains(fee.basisPoints),
        """
        refund \(event.refundID) keeps back \(fee.basisPoints) basis points, which the policy of \
        its return does not name
        """, at: position)
    }
    let shippingFee = actions.compactMap(\.shippingFee).max() ?? 0
    examination.require(
      event.shippingFee ?? 0 <= shippingFee,
      """
      refund \(event.refundID) keeps back \(Money(event.shippingFee ?? 0, event.currency)) for \
      shipping, and the policy of its return names \(Money(shippingFee, event.currency))
      """, at: position)
  }
}

extension PolicyDecision {
  fileprivate var named: String { ruleID.map { "rule \($0)" } ?? "the default action" }
}
