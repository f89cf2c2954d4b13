// Opening, assigning and moving a case (C1, C2, C4).

import EventSourcing
public import Events

extension SupportCase {
  /// Opens a case, about an order only for the customer who placed it (C2).
  ///
  /// - Parameter order: the order that the command names, if it names one and it is recorded.
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func open(
    _ command: OpenCase, case supportCase: SupportCase, order: Order?, facts: Facts
  ) throws(CaseRejection) -> Decision {
    let caseID = assigned(command.caseID)
    guard !supportCase.isOpened else { throw .alreadyOpened(caseID) }
    try requireOwn(order, command, facts)
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

  /// Changes the severity of a case, as escalation does (C4).
  public static func changeSeverity(
    _ command: ChangeCaseSeverity, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    try supportCase.requireNotClosed(command.caseID)
    let from = supportCase.severity
    guard from != command.severity else {
      return .unchanged(reason: "The severity is \(from.rawValue) already.")
    }
    let changed: Event = .caseSeverityChanged(
      CaseSeverityChanged(caseID: command.caseID, from: from, to: command.severity))
    return .events(supportCase.withClocks([changed], facts: facts))
  }

  /// Assigns an owner, which starts the case (C4).
  public static func assign(
    _ command: AssignCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    try supportCase.requireNotClosed(command.caseID)
    try requireMayOwn(command.owner, facts)
    guard supportCase.owner != command.owner else {
      return .unchanged(reason: "\(command.owner) owns the case already.")
    }
    var events: [Event] = [
      .caseAssigned(CaseAssigned(caseID: command.caseID, owner: command.owner))
    ]
    events += supportCase.change(of: command.caseID, to: supportCase.status.assigned)
    return .events(supportCase.withClocks(events, facts: facts))
  }

  /// The event of another status; none for `nil`.
  func change(of id: CaseID, to status: CaseStatus?) -> [Event] {
    guard let status else { return [] }
    return [.caseStatusChanged(CaseStatusChanged(caseID: id, from: self.status, to: status))]
  }

  /// Moves a case to a status in progress (C1); escalation raises its severity (C4).
  public static func changeStatus(
    _ command: ChangeCaseStatus, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    try supportCase.requireNotClosed(command.caseID)
    let from = supportCase.status
    let to = command.status
    guard from != to else { return .unchanged(reason: "The case is \(to.rawValue) already.") }
    try from.requireNoSkipping(to: to)
    var events: [Event] = [
      .caseStatusChanged(
        CaseStatusChanged(caseID: command.caseID, from: from, to: to, reason: command.reason))
    ]
    let severity = supportCase.severity
    if to == .escalated, severity.escalated != severity {
      events.append(
        .caseSeverityChanged(
          CaseSeverityChanged(caseID: command.caseID, from: severity, to: severity.escalated)))
    }
    return .events(supportCase.withClocks(events, facts: facts))
  }
}
