// The messages of events (rule book, Process managers; R8), for tenants with emailNotifications. It
// stores only the fields of messages, and addresses apart from messages, so that no message goes to
// an address that its reader has changed since.
//
// - The tenant's settings and the case's owner at the time of the event apply.
// - An event that was recorded more than a day after it happened is imported history, without
//   messages.
// - A message that was not sent within thirty days is never sent.
// - Of a refund there is one message to each reader when no leg is under way any more, about all
//   legs: executed, partly executed or failed. A leg that fails before that is told then, with what
//   the others have come to; of a refund with one leg, that is the leg's event.
// - Money that comes back is told at once, also while other legs are under way (R10). That the rest
//   of a refund is given up is told to the customer alone.
//
// Sent messages are recorded elsewhere, so a rebuild sends no message again.

import Domain
import EventSourcing
import Events
public import Projecting
import SQLite

/// The messages of events, and their readers.
public enum Notifications: ReadModel {
  public static let name = "Notifications"
  public static let version = 6

  public static let tables = """
    CREATE TABLE tenants (
      tenant TEXT PRIMARY KEY, name TEXT NOT NULL, wants_email INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE people (
      tenant TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, email TEXT NOT NULL,
      PRIMARY KEY (tenant, kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE admins (
      tenant TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (tenant, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cases (
      tenant TEXT NOT NULL, case_id TEXT NOT NULL, customer_id TEXT NOT NULL, owner TEXT,
      PRIMARY KEY (tenant, case_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refunds (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, case_id TEXT NOT NULL,
      customer_id TEXT NOT NULL, currency TEXT NOT NULL, approver TEXT,
      PRIMARY KEY (tenant, refund_id)
    ) STRICT, WITHOUT ROWID;

    -- what a refund gives back by each payment, as the last attempt for it left it
    CREATE TABLE refund_legs (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, payment_id TEXT NOT NULL,
      number INTEGER NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL, code TEXT, reason TEXT,
      PRIMARY KEY (tenant, refund_id, payment_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE holds (
      tenant TEXT NOT NULL, hold_id TEXT NOT NULL, case_id TEXT NOT NULL, amount INTEGER NOT NULL,
      currency TEXT NOT NULL, PRIMARY KEY (tenant, hold_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE returns (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, customer_id TEXT NOT NULL,
      PRIMARY KEY (tenant, return_id)
    ) STRICT, WITHOUT ROWID;

    -- unpaid: what of a refund is not paid, beside the amount that is
    CREATE TABLE notices (
      tenant TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
      topic TEXT NOT NULL, about TEXT NOT NULL, amount INTEGER, unpaid INTEGER, currency TEXT,
      detail TEXT, recorded_at TEXT NOT NULL, PRIMARY KEY (tenant, position, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notices_by_age ON notices (recorded_at);
    """

  public static let handlers = Handlers(NoticeWriter.self) {
    people()
    cases()
    refunds()
    legs()
    holds()
    returns()
  }

  @HandlersBuilder<NoticeWriter>
  private static func people() -> [Handler<NoticeWriter>] {
    on(TenantRegistered.self) { event, row in
      try row.database.run(
        "INSERT INTO tenants VALUES (?, ?, ?)", row.tenant, event.name,
        event.settings.emailNotifications ? 1 : 0)
    }
    on(TenantSettingsChanged.self) { event, row in
      try row.database.run(
        "UPDATE tenants SET wants_email = ? WHERE tenant = ?",
        event.settings.emailNotifications ? 1 : 0, row.tenant)
    }
    on(AgentAdded.self) { event, row in
      try row.set(event.email, of: .agent, event.agentID)
      try row.set(event.role, of: event.agentID)
    }
    on(AgentRoleChanged.self) { event, row in try row.set(event.role, of: event.agentID) }
    on(AgentRemoved.self) { event, row in
      try row.set(nil, of: .agent, event.agentID)
      try row.set(nil as AgentRole?, of: event.agentID)
    }
    on(OrderRecorded.self) { event, row in
      try row.set(event.customerEmail, ofOrderBy: event.customerID)
    }
    on(CustomerRegistered.self) { event, row in
      try row.set(event.email, of: .customer, event.customerID)
    }
    on(CustomerDetailsChanged.self) { event, row in
      try row.set(event.email, of: .customer, event.customerID)
    }
    on(SubjectErased.self) { event, row in
      for kind in [Actor.Kind.customer, .agent] { try row.set(nil, of: kind, event.subjectID) }
    }
  }

  @HandlersBuilder<NoticeWriter>
  private static func cases() -> [Handler<NoticeWriter>] {
    on(CaseOpened.self) { event, row in
      try row.database.run(
        "INSERT INTO cases (tenant, case_id, customer_id) VALUES (?, ?, ?)", row.tenant,
        event.caseID.rawValue, event.customerID.rawValue)
      try row.notify(
        .customer, event.customerID.rawValue, .caseOpened, event.caseID, detail: event.title)
    }
    on(CaseAssigned.self) { event, row in
      try row.database.run(
        "UPDATE cases SET owner = ? WHERE tenant = ? AND case_id = ?", event.owner.rawValue,
        row.tenant, event.caseID.rawValue)
    }
    on(CaseResolved.self) { event, row in
      try row.notifyCustomer(.caseResolved, of: event.caseID, detail: event.resolution.rawValue)
    }
    on(MessagePosted.self) { event, row in
      guard event.authorRole == .agent else { return }
      try row.notify(.customer, event.customerID.rawValue, .messagePosted, event.caseID)
    }
    on(StoreCreditGranted.self) { event, row in
      try row.notifyCustomer(
        .storeCreditGranted, of: event.caseID, money: (event.amount, event.currency.rawValue))
    }
  }

  @HandlersBuilder<NoticeWriter>
  private static func refunds() -> [Handler<NoticeWriter>] {
    on(RefundRequested.self) { event, row in
      try row.database.run(
        "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, NULL)", row.tenant, event.refundID.rawValue,
        event.caseID.rawValue, event.customerID.rawValue, event.currency.rawValue)
    }
    on(RefundApproved.self) { event, row in
      try row.database.run(
        "UPDATE refunds SET approver = ? WHERE tenant = ? AND refund_id = ?",
        event.approvedBy.kind == .agent ? event.approvedBy.name : nil, row.tenant,
        event.refundID.rawValue)
    }
    on(RefundDenied.self) { event, row in
      let refund = try row.refund(event.refundID)
      try row.notify(
        .customer, refund.customerID, .refundDenied, event.refundID, detail: event.reason)
    }
    on(RefundExecutionStarted.self) { event, row in try row.start(event) }
    // What became of all legs at once, as histories have it from before legs were told apart.
    on(RefundExecuted.self) { event, row in
      try row.set(event.refundID, nil, to: .settled)
      try row.notify(of: event.refundID, .executed)
    }
    on(RefundFailed.self) { event, row in
      try row.set(event.refundID, nil, to: .failed, event.code, event.reason)
      try row.notify(of: event.refundID, .failed)
    }
  }

  @HandlersBuilder<NoticeWriter>
  private static func legs() -> [Handler<NoticeWriter>] {
    on(RefundLegSettled.self) { event, row in
      try row.set(event.refundID, event.paymentID, to: .settled)
      try row.notify(of: event.refundID, event.status)
    }
    on(RefundLegFailed.self) { event, row in
      try row.set(event.refundID, event.paymentID, to: .failed, event.code, event.reason)
      try row.notify(of: event.refundID, event.status)
    }
    on(RefundLegReturned.self) { event, row in
      try row.set(event.refundID, event.paymentID, to: .returned, nil, event.reason)
      try row.notifyOfReturn(event)
    }
    on(RefundRestGivenUp.self) { event, row in
      try row.giveUp(event.refundID)
      try row.notifyOfRest(event)
    }
  }

  @HandlersBuilder<NoticeWriter>
  private static func holds() -> [Handler<NoticeWriter>] {
    on(PayoutHoldApplied.self) { event, row in
      try row.database.run(
        "INSERT INTO holds VALUES (?, ?, ?, ?, ?)", row.tenant, event.holdID.rawValue,
        event.caseID.rawValue, event.amount, event.currency.rawValue)
      try row.notifyOwner(.holdApplied, of: event.holdID, detail: event.reason)
    }
    on(PayoutHoldReleased.self) { event, row in
      try row.notifyOwner(.holdReleased, of: event.holdID, detail: event.reason)
    }
    on(PayoutHoldExpired.self) { event, row in try row.notifyOwner(.holdExpired, of: event.holdID) }
  }

  /// A customer is notified of each step of a return that another person or a policy takes.
  @HandlersBuilder<NoticeWriter>
  private static func returns() -> [Handler<NoticeWriter>] {
    on(ReturnRequested.self) { event, row in
      try row.database.run(
        "INSERT INTO returns VALUES (?, ?, ?)", row.tenant, event.returnID.rawValue,
        event.customerID.rawValue)
      try row.notifyCustomer(.returnRequested, of: event.returnID)
    }
    on(ReturnApproved.self) { event, row in
      try row.notifyCustomer(
        .returnApproved, of: event.returnID, detail: event.expiresAt.map { clock($0.description) })
    }
    on(ReturnRejected.self) { event, row in
      try row.notifyCustomer(.returnRejected, of: event.returnID, detail: event.reason)
    }
    on(ReturnLinesReceived.self) { event, row in
      if event.complete { try row.notifyCustomer(.returnReceived, of: event.returnID) }
    }
    on(ReturnCompleted.self) { event, row in
      try row.notifyCustomer(.returnCompleted, of: event.returnID)
    }
    on(ReturnExpired.self) { event, row in
      try row.notifyCustomer(.returnExpired, of: event.returnID)
    }
  }
}
