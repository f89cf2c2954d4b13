// What events make of a refund's legs, and of the refund by them.

import Domain
import EventSourcing
import Events
import Projecting
import SQLite

extension RefundWriter {
  /// Begins an attempt: all legs at first, later those that failed or came back.
  func start(_ event: RefundExecutionStarted) throws {
    for (number, leg) in event.legs.enumerated() {
      try database.run(
        """
        INSERT INTO legs (tenant, refund_id, payment_id, number, provider, amount, attempt, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET provider = excluded.provider, amount = excluded.amount,
            attempt = excluded.attempt, state = excluded.state, provider_reference = NULL,
            settlement_reference = NULL, settled_amount = NULL, settled_currency = NULL,
            settled_rate = NULL, code = NULL, reason = NULL
        """, tenant, event.refundID.rawValue, leg.paymentID.rawValue, number, leg.provider,
        leg.amount, event.attempt, Refund.Leg.State.requested.rawValue)
    }
    try update(event.refundID, "attempt = ?", event.attempt)
    try follow(event.refundID, .processing)
    try note(event.refundID, amount: event.amount, "attempt \(event.attempt)")
  }

  /// What became of a leg.
  ///
  /// - Parameters:
  ///   - payment: the leg's; all legs of the refund if `nil`.
  ///   - attempt: the one that it became of; an earlier one may have been paid after all (R9).
  func set(
    _ id: RefundID, _ payment: PaymentID?, _ attempt: Int, to state: Refund.Leg.State,
    providerReference: String? = nil, settlementReference: String? = nil,
    settled: SettledAmount? = nil, code: FailureCode? = nil, reason: String? = nil
  ) throws {
    try database.run(
      """
      UPDATE legs SET attempt = ?1, state = ?2, code = ?3, reason = ?4,
        provider_reference = coalesce(?5, provider_reference),
        settlement_reference = coalesce(?6, settlement_reference),
        settled_amount = coalesce(?7, settled_amount),
        settled_currency = coalesce(?8, settled_currency),
        settled_rate = coalesce(?9, settled_rate)
      WHERE tenant = ?10 AND refund_id = ?11 AND (?12 IS NULL OR payment_id = ?12)
      """, attempt, state.rawValue, code?.rawValue, reason, providerReference,
      settlementReference, settled?.amount, settled?.currency.rawValue, settled?.rate.rawValue,
      tenant, id.rawValue, payment?.rawValue)
  }

  /// Brings a refund to the status that follows from its legs.
  func follow(_ id: RefundID, _ status: RefundProgress) throws {
    let legs = try RefundQueue.legs(of: id, tenant: recorded.tenant, in: database)
    try move(id, to: status.rawValue, legs, note: legs.reasons)
  }

  /// Ends a refund of which nothing more is paid: what failed or came back is given up.
  func giveUp(_ id: RefundID, as status: String, _ reason: String?) throws {
    typealias State = Refund.Leg.State
    try database.run(
      "UPDATE legs SET state = ? WHERE tenant = ? AND refund_id = ? AND state IN (?, ?)",
      State.givenUp.rawValue, tenant, id.rawValue, State.failed.rawValue, State.returned.rawValue)
    let legs = try RefundQueue.legs(of: id, tenant: recorded.tenant, in: database)
    try move(id, to: status, legs, note: reason)
  }

  private func move(
    _ id: RefundID, to status: String, _ legs: [RefundLegRow], note: String?
  ) throws {
    try move(
      id, to: status,
      """
      executed_at = ?, executed_amount = ?, returned_amount = ?, settlement_reference = ?, note = ?
      """, status == RefundProgress.executed.rawValue ? time : nil, legs.total(.settled),
      legs.total(.returned), legs.settlementReference, note)
  }

  /// Notes what became of a leg.
  func note(
    _ id: RefundID, _ payment: PaymentID, amount: Int? = nil, _ note: String
  ) throws {
    try self.note(id, amount: amount, "\(payment): \(note)")
  }
}

extension [RefundLegRow] {
  fileprivate func total(_ state: Refund.Leg.State) -> Int {
    reduce(0) { $1.state == state.rawValue ? $0 + $1.amount : $0 }
  }

  /// The settlement reference that all settled legs have; `nil` where they have several.
  fileprivate var settlementReference: String? {
    let settled = filter { $0.state == Refund.Leg.State.settled.rawValue }
    let reference = settled.first?.settlementReference
    return settled.allSatisfy { $0.settlementReference == reference } ? reference : nil
  }

  /// Why legs that may still be paid are not: with the payment, unless it is the same of all.
  fileprivate var reasons: String? {
    if let reason = first?.reason, allSatisfy({ $0.reason == reason }) { return reason }
    let reasons = filter { $0.state != Refund.Leg.State.givenUp.rawValue }.compactMap { leg in
      leg.reason.map { "\(leg.paymentID): \($0)" }
    }
    return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
  }
}
