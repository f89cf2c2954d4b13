// Applies one event to the returns.

import EventSourcing
import Events
import Projecting
import SQLite

struct ReturnWriter: StatusWriter {
  static let table = "returns"
  static let key = "return_id"

  var recorded: RecordedEvent
  var database: Database

  private static let timeline = Timeline(owner: table, id: key)

  func keep(_ email: String?, of customer: CustomerID) throws {
    guard let email, !PersonalText.isSealed(email), email != PersonalText.erased,
      email != PersonalText.keyMissing
    else { return }
    try database.run(
      "INSERT OR IGNORE INTO emails VALUES (?, ?, ?)", tenant, email.lowercased(),
      customer.rawValue)
  }

  func forget(_ subject: SubjectID) throws {
    try database.run(
      "DELETE FROM emails WHERE tenant = ? AND customer_id = ?", tenant, subject.rawValue)
    for statement in [
      """
      UPDATE returns SET customer_words = ?1
      WHERE tenant = ?2 AND customer_id = ?3 AND customer_words IS NOT NULL
      """,
      """
      UPDATE return_lines SET description = ?1
      WHERE tenant = ?2 AND description IS NOT NULL
        AND return_id IN (SELECT return_id FROM returns WHERE tenant = ?2 AND customer_id = ?3)
      """,
    ] {
      try database.run(statement, PersonalText.erased, tenant, subject.rawValue)
    }
  }

  func insert(_ event: ReturnRequested) throws {
    let id = event.returnID.rawValue
    try database.run(
      """
      INSERT INTO returns (tenant, return_id, position, case_id, order_id, customer_id, status,
        channel, return_method, currency, reason, policy_id, policy_version, policy_sha256,
        is_auto_approved, customer_words, estimated_amount, requested_at, submitted_by,
        updated_at)
      VALUES (?, ?, ?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant, id, position, event.caseID.rawValue, event.orderID.rawValue,
      event.customerID.rawValue, event.channel.rawValue, event.returnMethod.rawValue,
      event.currency.rawValue, event.lines.first?.reason.code ?? "", event.policy.policyID.rawValue,
      event.policy.version, event.policy.sha256.rawValue, event.autoApprove ? 1 : 0,
      event.customerWords, event.estimatedRefund.amount, time, event.submittedBy.rawValue, time)
    for (number, line) in event.lines.enumerated() { try insert(line, number, of: id) }
    try database.run(
      """
      INSERT INTO return_days VALUES (?, ?, ?, 1, ?)
        ON CONFLICT DO UPDATE SET count = count + 1, amount = amount + excluded.amount
      """, tenant, String(time.prefix(10)), event.currency.rawValue, event.estimatedRefund.amount)
    try note(
      event.returnID, amount: event.estimatedRefund.amount,
      event.lines.map { "\($0.quantity) × \($0.title)" }.joined(separator: ", "))
  }

  private func insert(_ line: ReturnLine, _ number: Int, of id: String) throws {
    try database.run(
      """
      INSERT INTO return_lines (tenant, return_id, number, line_id, title, variant_title, sku,
        quantity, unit_price, reason, description, condition, photos, rule_id, restocking_fee)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, tenant, id, number, line.lineID.rawValue, line.title, line.variantTitle, line.sku,
      line.quantity, line.unitPrice, line.reason.code, line.reason.description, line.condition,
      jsonArray(line.photos), line.decision.ruleID?.rawValue,
      line.decision.action.restockingFee)
  }

  func receive(_ event: ReturnLinesReceived) throws {
    for line in event.lines {
      try updateLine(
        event.returnID, line.lineID, "reception = ?, received = ?", line.reception.rawValue,
        line.quantity)
    }
    if event.complete {
      try move(event.returnID, to: "received", "processed_by = ?", recorded.actor.rawValue)
    }
    let notes = try event.lines.map { line in
      let requested = try quantity(of: line.lineID, of: event.returnID)
      return "line \(line.lineID): "
        + came(line.quantity, of: requested, reception: line.reception.rawValue)
    }
    try note(event.returnID, notes.joined(separator: ", "))
  }

  func inspect(_ event: ReturnLinesInspected) throws {
    for line in event.lines {
      try updateLine(
        event.returnID, line.lineID,
        """
        acceptance = ?, accepted = ?, disposition = coalesce(?, disposition),
        condition = coalesce(?, condition), note = ?
        """, line.acceptance.rawValue, line.quantity, line.disposition?.rawValue, line.condition,
        line.note)
    }
    try update(event.returnID, "processed_by = ?", recorded.actor.rawValue)
    let notes = event.lines.map {
      "line \($0.lineID): \(accepted($0.quantity, acceptance: $0.acceptance.rawValue))"
    }
    try note(event.returnID, notes.joined(separator: ", "))
  }

  func complete(_ event: ReturnCompleted) throws {
    try move(
      event.returnID, to: "completed",
      "final_amount = ?, resolution = ?, processed_by = ?, note = ?", event.finalRefund.amount,
      event.resolution.rawValue, recorded.actor.rawValue, event.note)
    if event.resolution == .storeCredit { try update(event.returnID, "money = 'store_credit'") }
    try note(
      event.returnID, amount: event.finalRefund.amount, spacedWords(event.resolution.rawValue))
  }

  func setRefund(_ id: RefundID, _ status: String) throws {
    try database.run(
      "UPDATE returns SET refund_status = ?, updated_at = ? WHERE tenant = ? AND refund_id = ?",
      status, time, tenant, id.rawValue)
  }

  /// A part of the refund is not paid.
  func reduceRefund(_ id: RefundID, by amount: Int) throws {
    try database.run(
      "UPDATE returns SET refund_amount = refund_amount - ? WHERE tenant = ? AND refund_id = ?",
      amount, tenant, id.rawValue)
  }

  private func updateLine<each Value: SQLiteValue>(
    _ id: ReturnID, _ line: LineID, _ assignments: String, _ values: repeat each Value
  ) throws {
    try database.run(
      "UPDATE return_lines SET \(assignments) WHERE tenant = ? AND return_id = ? AND line_id = ?",
      repeat each values, tenant, id.rawValue, line.rawValue)
  }

  private func quantity(of line: LineID, of id: ReturnID) throws -> Int {
    try database.int(
      "SELECT quantity FROM return_lines WHERE tenant = ? AND return_id = ? AND line_id = ?",
      tenant, id.rawValue, line.rawValue) ?? 0
  }

  func note(_ id: ReturnID, amount: Int? = nil, _ note: String?) throws {
    try Self.timeline.note(id, amount: amount, note, self)
  }
}

/// The number of arrived units, such as `3 of 5 came, 2 short`.
func came(_ received: Int, of requested: Int, reception: String) -> String {
  let missing = requested - received
  return switch reception {
  case "short_shipped":
    "\(grouped(received)) of \(grouped(requested)) came, \(grouped(missing)) short"
  case "lost_in_transit": "lost in transit"
  case "received": "\(grouped(received)) received"
  default: spacedWords(reception)
  }
}

/// The number of accepted units, such as `2 accepted`, or `rejected`.
func accepted(_ quantity: Int, acceptance: String) -> String {
  acceptance == "accepted" ? "\(grouped(quantity)) accepted" : spacedWords(acceptance)
}
