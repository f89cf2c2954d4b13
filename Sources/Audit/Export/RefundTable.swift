// The refunds of a history, one row each, in the order of their requests. The states are those that
// the domain's own fold leads to.

import Domain
import EventSourcing
import Events

/// The rows of `refunds.csv`, and the lines of refunds that were paid.
struct RefundTable {
  /// One event of a refund, as the log has it.
  struct Line {
    var position: Position
    var schemaID: String
    var bytes: [UInt8]
  }

  fileprivate struct Row {
    var refund = Refund()
    var lines: [Line] = []
    var requested: EventHeader?
    var decided: EventHeader?
    /// When something of it was paid last.
    var executed: EventHeader?
    /// What was paid and did not come back.
    var executedAmount = 0
    /// Each once, in their order.
    var settlementReferences: [String] = []
  }

  private var rows: [RefundID: Row] = [:]
  private var order: [RefundID] = []

  /// - Throws: `InconsistentHistory` for an event that cannot follow.
  mutating func add(_ header: EventHeader, _ event: Event, _ line: [UInt8]) throws {
    guard case .refund(let own) = event, case .refund(let id) = event.subject else { return }
    if rows[id] == nil { order.append(id) }
    var row = rows.removeValue(forKey: id) ?? Row()
    try row.refund.evolve(own)
    row.lines.append(
      Line(position: header.position, schemaID: header.schemaID, bytes: line))
    row.note(event, header)
    rows[id] = row
  }

  /// The state of a refund so far.
  subscript(id: RefundID) -> Refund? { rows[id]?.refund }

  /// Refunds of which something was paid, each with all of its lines.
  var paid: [(refund: RefundID, lines: [Line])] {
    order.compactMap { id in
      rows[id].flatMap { $0.executed == nil ? nil : (id, $0.lines) }
    }
  }

  private static let columns = [
    "refundId", "orderId", "caseId", "customerId", "returnId", "currency", "requested", "approved",
    "executed", "status", "requestedTime", "decidedTime", "executedTime", "position",
    "executedPosition", "settlementReference",
  ]

  var csv: String {
    var lines = [Self.columns]
    for id in order { if let row = rows[id] { lines.append(fields(id, row)) } }
    return lines.map(CommaSeparated.row).joined()
  }

  private func fields(_ id: RefundID, _ row: Row) -> [String] {
    let header = row.refund.header
    return [
      "\(id)", text(header?.orderID), text(header?.caseID), text(header?.customerID),
      text(header?.returnID), text(header?.currency), "\(row.refund.requestedAmount)",
      text(row.refund.approvedAmount), text(row.executed.map { _ in row.executedAmount }),
      row.refund.status?.rawValue ?? "",
      text(row.requested?.time), text(row.decided?.time), text(row.executed?.time),
      text(row.requested?.position), text(row.executed?.position),
      row.settlementReferences.joined(separator: " "),
    ]
  }

  private func text(_ value: (some CustomStringConvertible)?) -> String {
    value.map(\.description) ?? ""
  }
}

extension RefundTable.Row {
  /// Notes when it was requested, decided and paid.
  fileprivate mutating func note(_ event: Event, _ header: EventHeader) {
    switch event {
    case .refund(.refundRequested): requested = header
    case .refund(.refundApproved), .refund(.refundDenied): decided = header
    case .refund(.refundApprovalReset): decided = nil
    case .refund(.refundLegSettled(let event)):
      pay(event.amount, event.settlementReference, header)
    case .refund(.refundExecuted(let event)):
      pay(event.amount, event.settlementReference, header)
    case .refund(.refundLegReturned(let event)): executedAmount -= event.amount
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system,
      .command:
      break
    }
  }

  private mutating func pay(_ amount: Int, _ reference: String, _ header: EventHeader) {
    executed = header
    executedAmount += amount
    if !settlementReferences.contains(reference) { settlementReferences.append(reference) }
  }
}
