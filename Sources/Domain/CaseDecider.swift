// The rule book of cases, C1 to C5: opening, assigning, moving.

import EventSourcing
public import Events

extension SupportCase {
  /// Opens a case, about an order only for the customer who placed it (C2).
  ///
  /// - Parameter order: the order that the command names, if it names one and it is recorded.
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func decide(
    _ command: OpenCase, case supportCase: SupportCase, order: Order?, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard let caseID = command.caseID else { preconditionFailure("a case without an id") }
    guard !supportCase.isOpened else { throw .alreadyOpened(caseID) }
    // C2: only for a recorded order, and only by the customer who placed it, or on their behalf.
    guard facts.mayActFor(command.customerID) else {
      throw .anotherCustomersCase(command.customerID)
    }
    if let orderID = command.orderID {
      guard let header = order?.header else { throw .orderNotRecorded(orderID) }
      guard header.customerID == command.customerID else {
        throw .orderOfAnotherCustomer(orderID, given: command.customerID)
      }
    }
    let recorded = order?.header?.marketplace
    let severity = command.severity ?? .normal
    let opened: [Event] = try [
      .caseOpened(
        CaseOpened(
          caseID: caseID, customerID: command.customerID, orderID: command.orderID,
          title: command.title, description: command.description, type: command.type,
          subtype: command.subtype, severity: severity,
          reasonCode: command.reasonCode,
          lbgID: agree("lbgId", command.lbgID, recorded.map { $0.lbgID }),
          legID: agree("legId", command.legID, recorded.map { $0.legID }),
          studioID: agree("studioId", command.studioID, recorded.map { $0.studioID }),
          creatorID: agree("creatorId", command.creatorID, recorded.map { $0.creatorID }),
          payoutID: agree("payoutId", command.payoutID, recorded.map { $0.payoutID })))
    ]
    return .events(opened + startingClocks(of: caseID, severity: severity, facts: facts))
  }

  /// C2: a case about an order is about the order's own leg, studio and so on; it need not name them.
  ///
  /// - Parameter recorded: what the order says; `nil` for a case about no order.
  private static func agree<ID: Identifier>(
    _ field: String, _ given: ID?, _ recorded: ID??
  ) throws(CaseRejection) -> ID? {
    guard let recorded else { return given }
    guard given == nil || given == recorded else {
      throw .notOfTheOrder(
        field: field, given: given?.rawValue ?? "none", recorded: recorded?.rawValue)
    }
    return recorded
  }

  /// Says how urgent a case is; escalation says so too (C4).
  public static func decide(
    _ command: ChangeCaseSeverity, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    // C1: closed is final.
    guard supportCase.status != .closed else { throw .closed(command.caseID) }
    let from = supportCase.severity
    guard from != command.severity else {
      return .unchanged(reason: "The severity is \(from.rawValue) already.")
    }
    let changed: Event = .caseSeverityChanged(
      CaseSeverityChanged(caseID: command.caseID, from: from, to: command.severity))
    return .events(supportCase.withClocks([changed], facts: facts))
  }

  /// Gives a case an owner, which starts it (C4).
  public static func decide(
    _ command: AssignCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    // C1: closed is final.
    guard supportCase.status != .closed else { throw .closed(command.caseID) }
    let role = facts.tenant.agents[command.owner]
    guard role == .agent || role == .admin else { throw .cannotOwn(command.owner, role: role) }
    guard supportCase.owner != command.owner else {
      return .unchanged(reason: "\(command.owner) owns the case already.")
    }
    var events: [Event] = [
      .caseAssigned(CaseAssigned(caseID: command.caseID, owner: command.owner))
    ]
    // C4: assigning an owner moves open to investigating.
    if supportCase.status == .open {
      events.append(
        .caseStatusChanged(
          CaseStatusChanged(caseID: command.caseID, from: .open, to: .investigating)))
    }
    return .events(supportCase.withClocks(events, facts: facts))
  }

  /// Moves a case to a status in progress (C1); escalation raises its severity (C4).
  public static func decide(
    _ command: ChangeCaseStatus, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    let from = supportCase.status
    let to = command.status
    guard from != .closed else { throw .closed(command.caseID) }
    guard from != to else { return .unchanged(reason: "The case is \(to.rawValue) already.") }
    // C1: no skipping and no way back; inside in_progress any status to any other.
    guard from.stage != .resolved, to.stage == .inProgress else {
      throw .notByChangingStatus(from: from, to: to)
    }
    var events: [Event] = [
      .caseStatusChanged(
        CaseStatusChanged(caseID: command.caseID, from: from, to: to, reason: command.reason))
    ]
    // C4: escalation raises severity to at least high.
    let severity = supportCase.severity
    if to == .escalated, severity.escalated != severity {
      events.append(
        .caseSeverityChanged(
          CaseSeverityChanged(caseID: command.caseID, from: severity, to: severity.escalated)))
    }
    return .events(supportCase.withClocks(events, facts: facts))
  }
}
