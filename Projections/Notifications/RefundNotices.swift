// Writes the messages about what became of a refund's legs, as Notifications.swift says.

import Domain
import EventSourcing
import Events
import Projecting
import SQLite

extension NoticeWriter {
  // MARK: The legs

  func start(_ event: RefundExecutionStarted) throws {
    for (number, leg) in event.legs.enumerated() {
      try database.run(
        """
        INSERT INTO refund_legs VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)
          ON CONFLICT DO UPDATE SET amount = excluded.amount, state = excluded.state,
            code = NULL, reason = NULL
        """, tenant, event.refundID.rawValue, leg.paymentID.rawValue, number, leg.amount,
        Refund.Leg.State.requested.rawValue)
    }
  }

  /// - Parameter payment: the leg's; all legs of the refund if `nil`.
  func set(
    _ id: RefundID, _ payment: PaymentID?, to state: Refund.Leg.State, _ code: FailureCode? = nil,
    _ reason: String? = nil
  ) throws {
    try database.run(
      """
      UPDATE refund_legs SET state = ?1, code = ?2, reason = ?3
      WHERE tenant = ?4 AND refund_id = ?5 AND (?6 IS NULL OR payment_id = ?6)
      """, state.rawValue, code?.rawValue, reason, tenant, id.rawValue, payment?.rawValue)
  }

  func giveUp(_ id: RefundID) throws {
    try database.run(
      "DELETE FROM refund_legs WHERE tenant = ? AND refund_id = ? AND state IN (?, ?)", tenant,
      id.rawValue, Refund.Leg.State.failed.rawValue, Refund.Leg.State.returned.rawValue)
  }

  // MARK: The messages

  /// Notifies of a status that no leg under way will change.
  func notify(of id: RefundID, _ status: RefundProgress) throws {
    switch status {
    case .processing, .outcomeUnknown: return
    case .executed:
      let refund = try refund(id)
      try notify(
        .customer, refund.customerID, .refundExecuted, id,
        money: (paidAmount(of: id), refund.currency))
    case .partlyExecuted:
      try notifyOfFailure(
        .refundPartlyExecuted, id, amount: paidAmount(of: id), unpaid: unpaidLegs(of: id).amount)
    case .failed: try notifyOfFailure(.refundFailed, id, amount: unpaidLegs(of: id).amount)
    }
  }

  /// R8: the customer, and the case's owner or the approver, or else the admins.
  private func notifyOfFailure(
    _ topic: NoticeTopic, _ id: RefundID, amount: Int, unpaid: Int? = nil
  ) throws {
    let refund = try refund(id)
    let legs = try unpaidLegs(of: id).map { $0.words(refund.currency) }
    let money = (amount, refund.currency)
    try notify(
      .customer, refund.customerID, topic, id, money: money, unpaid: unpaid, detail: legs.outlook)
    try notifyAgents(topic, of: refund, id, money: money, unpaid: unpaid, detail: legs.reasons)
  }

  /// R10: the same persons.
  func notifyOfReturn(_ event: RefundLegReturned) throws {
    let refund = try refund(event.refundID)
    let money = (event.amount, refund.currency)
    try notify(
      .customer, refund.customerID, .refundReturned, event.refundID, money: money,
      detail: event.paymentID.rawValue)
    try notifyAgents(
      .refundReturned, of: refund, event.refundID, money: money,
      detail: "Payment \(event.paymentID): \(event.reason)")
  }

  func notifyOfRest(_ event: RefundRestGivenUp) throws {
    let refund = try refund(event.refundID)
    try notify(
      .customer, refund.customerID, .refundRestGivenUp, event.refundID,
      money: (paidAmount(of: event.refundID), refund.currency), unpaid: event.amount)
  }

  /// Notifies the agents that can act on a refund: the case's owner, or its approver, or else the
  /// admins.
  private func notifyAgents(
    _ topic: NoticeTopic, of refund: RefundNotice, _ id: RefundID,
    money: (amount: Int, currency: String), unpaid: Int? = nil, detail: String
  ) throws {
    var agents = [refund.agent].compactMap { $0 }
    if agents.isEmpty {
      agents = try database.texts(
        "SELECT id FROM admins WHERE tenant = ? ORDER BY id", tenant)
    }
    for agent in agents {
      try notify(.agent, agent, topic, id, money: money, unpaid: unpaid, detail: detail)
    }
  }

  // MARK: Reading

  func refund(_ id: RefundID) throws -> RefundNotice {
    guard
      let refund = try database.row(
        RefundNotice.self, "WHERE tenant = ? AND refund_id = ?", tenant, id.rawValue)
    else { throw UnknownRefund(id: id) }
    return refund
  }

  private func paidAmount(of id: RefundID) throws -> Int {
    try database.int(
      """
      SELECT sum(amount) FROM refund_legs WHERE tenant = ? AND refund_id = ? AND state = ?
      """, tenant, id.rawValue, Refund.Leg.State.settled.rawValue) ?? 0
  }

  private func unpaidLegs(of id: RefundID) throws -> [UnpaidLegRow] {
    try database.rows(
      UnpaidLegRow.self, "WHERE tenant = ? AND refund_id = ? AND state IN (?, ?) ORDER BY number",
      tenant, id.rawValue, Refund.Leg.State.failed.rawValue,
      Refund.Leg.State.returned.rawValue)
  }
}

/// The fields of a refund that messages need.
struct RefundNotice: Row {
  static let table = "refunds LEFT JOIN cases USING (tenant, case_id)"
  static let expressions = [
    "customerID": "refunds.customer_id", "agent": "coalesce(owner, approver)",
  ]

  var customerID: String
  /// The case's owner, or the approver.
  var agent: String?
  var currency: String
}

/// A leg whose money is with the tenant: it failed, or came back.
private struct UnpaidLegRow: Row {
  static let table = "refund_legs"

  var paymentID: String
  var amount: Int
  var code: String?
  var reason: String?

  func words(_ currency: String) -> UnpaidLeg {
    UnpaidLeg(
      paymentID: paymentID, amount: money(amount, currency),
      code: code.flatMap { FailureCode(rawValue: $0) }, reason: reason ?? "")
  }
}

extension [UnpaidLegRow] {
  fileprivate var amount: Int { reduce(0) { $0 + $1.amount } }
}

/// An event of a refund without its request.
private struct UnknownRefund: Error, CustomStringConvertible {
  var id: RefundID

  var description: String { "there is no refund \(id)" }
}
