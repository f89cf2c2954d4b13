// Who is to be told what (rule book, Process managers: e-mail where the tenant wants it; R8). It
// holds what a message needs and nothing else, and the addresses apart from the messages, so that
// nobody is written to at an address they have left.
//
// - The tenant's settings and the case's owner count as they are at the event.
// - What happened more than a day before it was recorded is history that somebody imports: nobody
//   is told.
// - What nobody has been told within thirty days is not told any more.
//
// What was sent is not known here: this is made anew from the log whenever somebody likes, and
// nothing is sent again for it.

import EventSourcing
public import Events
public import Projecting
public import SQLite

/// The messages that events make due, and the people they are for.
public enum Notifications: Projector {
  public static let name = "Notifications"
  public static let version = 5
  public static let eventTypes: Set<String> = [
    "TenantRegistered", "TenantSettingsChanged", "AgentAdded", "AgentRoleChanged", "AgentRemoved",
    "OrderRecorded",
    "CustomerRegistered", "CustomerDetailsChanged", "CaseOpened", "CaseAssigned", "CaseResolved",
    "MessagePosted",
    "RefundRequested", "RefundApproved", "RefundDenied", "RefundExecuted", "RefundFailed",
    "PayoutHoldApplied", "PayoutHoldReleased", "PayoutHoldExpired", "ReturnRequested",
    "ReturnApproved", "ReturnRejected", "ReturnLinesReceived", "ReturnCompleted", "ReturnExpired",
    "StoreCreditGranted", "SubjectErased",
  ]

  public static let schema = """
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
      customer_id TEXT NOT NULL, currency TEXT NOT NULL, amount INTEGER NOT NULL, approver TEXT,
      PRIMARY KEY (tenant, refund_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE holds (
      tenant TEXT NOT NULL, hold_id TEXT NOT NULL, case_id TEXT NOT NULL, amount INTEGER NOT NULL,
      currency TEXT NOT NULL, PRIMARY KEY (tenant, hold_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE returns (
      tenant TEXT NOT NULL, return_id TEXT NOT NULL, customer_id TEXT NOT NULL,
      PRIMARY KEY (tenant, return_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE notices (
      tenant TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
      topic TEXT NOT NULL, about TEXT NOT NULL, amount INTEGER, currency TEXT, detail TEXT,
      recorded_at TEXT NOT NULL, PRIMARY KEY (tenant, position, kind, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notices_by_age ON notices (recorded_at);
    """

  public static func apply(_ recorded: RecordedEvent, to database: Database) throws {
    let row = NoticeWriter(recorded: recorded, database: database)
    switch recorded.event {
    case .tenant(.tenantRegistered(let event)):
      try database.run(
        "INSERT INTO tenants VALUES (?, ?, ?)", row.tenant,
        event.name, event.settings.emailNotifications ? 1 : 0)
    case .tenant(.tenantSettingsChanged(let event)):
      try database.run(
        "UPDATE tenants SET wants_email = ? WHERE tenant = ?",
        event.settings.emailNotifications ? 1 : 0, row.tenant)
    case .tenant(.agentAdded(let event)):
      try row.set(event.email, of: .agent, event.agentID)
      try row.set(event.role, of: event.agentID)
    case .tenant(.agentRoleChanged(let event)): try row.set(event.role, of: event.agentID)
    case .tenant(.agentRemoved(let event)):
      try row.set(nil, of: .agent, event.agentID)
      try row.set(nil as AgentRole?, of: event.agentID)
    case .order(.orderRecorded(let event)):
      try row.set(event.customerEmail, ofOrderBy: event.customerID)
    case .customer(.customerRegistered(let event)):
      try row.set(event.email, of: .customer, event.customerID)
    case .customer(.customerDetailsChanged(let event)):
      try row.set(event.email, of: .customer, event.customerID)
    case .privacy(.subjectErased(let event)):
      for kind in [Actor.Kind.customer, .agent] { try row.set(nil, of: kind, event.subjectID) }

    case .supportCase(.caseOpened(let event)):
      try database.run(
        "INSERT INTO cases (tenant, case_id, customer_id) VALUES (?, ?, ?)", row.tenant,
        event.caseID.rawValue, event.customerID.rawValue)
      try row.tell(
        .customer, event.customerID.rawValue, .caseOpened, event.caseID, detail: event.title)
    case .supportCase(.caseAssigned(let event)):
      try database.run(
        "UPDATE cases SET owner = ? WHERE tenant = ? AND case_id = ?", event.owner.rawValue,
        row.tenant, event.caseID.rawValue)
    case .supportCase(.caseResolved(let event)):
      try row.tell(
        .customer, row.customer(of: event.caseID), .caseResolved, event.caseID,
        detail: event.resolution.rawValue)
    case .supportCase(.messagePosted(let event)) where event.authorRole == .agent:
      try row.tell(.customer, event.customerID.rawValue, .messagePosted, event.caseID)

    case .refund(.refundRequested(let event)):
      try database.run(
        "INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?, NULL)", row.tenant, event.refundID.rawValue,
        event.caseID.rawValue, event.customerID.rawValue, event.currency.rawValue,
        event.requestedAmount)
    case .refund(.refundApproved(let event)):
      try database.run(
        "UPDATE refunds SET amount = ?, approver = ? WHERE tenant = ? AND refund_id = ?",
        event.approvedAmount, event.approvedBy.kind == .agent ? event.approvedBy.name : nil,
        row.tenant, event.refundID.rawValue)
    case .refund(.refundDenied(let event)):
      let refund = try row.refund(event.refundID)
      try row.tell(
        .customer, refund.customerID, .refundDenied, event.refundID, detail: event.reason)
    case .refund(.refundExecuted(let event)):
      let refund = try row.refund(event.refundID)
      try row.tell(
        .customer, refund.customerID, .refundExecuted, event.refundID,
        money: (event.amount, event.currency.rawValue))
    case .refund(.refundFailed(let event)):
      // R8: the customer, and whoever works on the case or let the refund be paid, or else the
      // admins.
      let refund = try row.refund(event.refundID)
      let money = (refund.amount, refund.currency)
      try row.tell(
        .customer, refund.customerID, .refundFailed, event.refundID, money: money,
        detail: event.code.rawValue)
      try row.tellPeople(.refundFailed, of: refund, event.refundID, detail: event.reason)

    case .hold(.payoutHoldApplied(let event)):
      try database.run(
        "INSERT INTO holds VALUES (?, ?, ?, ?, ?)", row.tenant, event.holdID.rawValue,
        event.caseID.rawValue, event.amount, event.currency.rawValue)
      try row.tellOwner(.holdApplied, of: event.holdID, detail: event.reason)
    case .hold(.payoutHoldReleased(let event)):
      try row.tellOwner(.holdReleased, of: event.holdID, detail: event.reason)
    case .hold(.payoutHoldExpired(let event)): try row.tellOwner(.holdExpired, of: event.holdID)
    default: try tellOfReturn(recorded.event, row)
    }
  }

  /// A customer is told of each step of a return that somebody else takes.
  private static func tellOfReturn(_ event: Event, _ row: NoticeWriter) throws {
    switch event {
    case .return(.returnRequested(let event)):
      try row.database.run(
        "INSERT INTO returns VALUES (?, ?, ?)", row.tenant, event.returnID.rawValue,
        event.customerID.rawValue)
      try row.tellCustomer(.returnRequested, of: event.returnID)
    case .return(.returnApproved(let event)):
      try row.tellCustomer(
        .returnApproved, of: event.returnID, detail: event.expiresAt.map { clock($0.description) })
    case .return(.returnRejected(let event)):
      try row.tellCustomer(.returnRejected, of: event.returnID, detail: event.reason)
    case .return(.returnLinesReceived(let event)) where event.complete:
      try row.tellCustomer(.returnReceived, of: event.returnID)
    case .return(.returnCompleted(let event)):
      try row.tellCustomer(.returnCompleted, of: event.returnID)
    case .return(.returnExpired(let event)):
      try row.tellCustomer(.returnExpired, of: event.returnID)
    case .order(.storeCreditGranted(let event)):
      try row.tell(
        .customer, row.customer(of: event.caseID), .storeCreditGranted, event.caseID,
        money: (event.amount, event.currency.rawValue))
    default: break
    }
  }
}
