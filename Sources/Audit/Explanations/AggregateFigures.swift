// What of an aggregate's state an explanation compares before and after an event. The keys of one
// kind of aggregate are always the same, in the same order.

import Domain
import Events

extension ReplayedAggregate {
  /// The currency of the aggregate's amounts, where it has any.
  var currency: CurrencyCode? {
    switch self {
    case .order(let order): order.currency
    case .refund(let refund): refund.currency
    case .return(let state): state.header?.currency
    case .tenant, .customer, .supportCase, .hold, .privacy, .stateless: nil
    }
  }

  var figures: [ExplanationReport.Fact] {
    let pairs: KeyValuePairs<String, ExplanationReport.Value>
    switch self {
    case .tenant(let tenant): pairs = tenant.figures
    case .customer(let customer):
      pairs = [
        "registered": .flag(customer.isRegistered),
        "tags": .text(customer.tags.joined(separator: ", ")),
      ]
    case .order(let order): pairs = order.figures
    case .supportCase(let state): pairs = state.figures
    case .refund(let refund):
      pairs = [
        "status": .word(refund.status), "requested": .amount(refund.requestedAmount),
        "approved": .amount(refund.approvedAmount), "attempt": .number(refund.attempt),
        "paid": .amount(refund.paidAmount), "legs": .text(refund.legStates),
      ]
    case .hold(let hold):
      pairs = ["status": .word(hold.status), "expiresAt": .time(hold.header?.expiresAt)]
    case .return(let state):
      pairs = [
        "status": .word(state.status), "finalRefund": .amount(state.finalRefund?.amount),
        "expiresAt": .time(state.expiresAt),
        "linesReceived": .number(state.lines.count { $0.reception != .awaiting }),
        "linesInspected": .number(state.lines.count { $0.acceptance != .pending }),
      ]
    case .privacy(let privacy):
      pairs = [
        "personsErased": .number(privacy.erased.count),
        "casesUnderLegalHold": .number(privacy.protected.count),
      ]
    case .stateless: pairs = [:]
    }
    return pairs.map { ExplanationReport.Fact(key: $0.key, value: $0.value) }
  }
}

extension Refund {
  /// What its legs paid; `nil` before an attempt.
  var paidAmount: Int? {
    legs.isEmpty ? nil : legs.reduce(0) { $1.state == .settled ? $0 + $1.amount : $0 }
  }

  /// How each leg stands; `nil` before an attempt.
  fileprivate var legStates: String? {
    legs.isEmpty
      ? nil : legs.map { "\($0.paymentID) \($0.state.rawValue)" }.joined(separator: ", ")
  }
}

extension Tenant {
  fileprivate var figures: KeyValuePairs<String, ExplanationReport.Value> {
    [
      "registered": .flag(isRegistered), "suspended": .flag(isSuspended),
      "importing": .flag(isImporting), "rulesVersion": .number(rulesVersion),
      "agents": .number(agents.count), "activePolicy": .text(policy?.policyID),
      "activePolicyVersion": .number(policy?.version),
      "currency": .text(settings.currency), "timeZone": .text(settings.timeZone),
      "returnWindowDays": .number(settings.returnWindowDays),
      "autoApproveLimit": .number(settings.autoApproveLimit),
      "agentApprovalLimit": .number(settings.agentApprovalLimit),
      "fourEyes": .flag(settings.fourEyes),
    ]
  }
}

extension Order {
  fileprivate var figures: KeyValuePairs<String, ExplanationReport.Value> {
    [
      "total": .amount(total), "captured": .amount(balance.captured),
      "executed": .amount(balance.executed), "reserved": .amount(balance.reserved),
      "disputed": .amount(balance.disputed), "refundable": .amount(balance.refundable),
      "storeCredit": .amount(storeCredit), "deliveredAt": .time(deliveredAt),
      "cancelled": .flag(isCancelled), "payoutHeld": .amount(payable.held),
    ]
  }
}

extension SupportCase {
  fileprivate var figures: KeyValuePairs<String, ExplanationReport.Value> {
    [
      "status": .word(status), "severity": .word(severity), "owner": .text(owner),
      "resolvedAt": .time(resolvedAt), "refunds": .number(refundIDs.count),
      "returns": .number(returnIDs.count), "holds": .number(holdIDs.count),
      "chargebacks": .number(chargebacks.count),
      "chargebacksOpen": .number(chargebacks.values.count { !$0.status.outcomes.isEmpty }),
      "messages": .number(messageIDs.count), "evidence": .number(evidence.count),
      "firstResponse": .word(clocks?.firstResponse), "resolution": .word(clocks?.resolution),
      "clocksRunSince": .time(clocks?.runningSince), "legalHold": .flag(isUnderLegalHold),
    ]
  }
}
