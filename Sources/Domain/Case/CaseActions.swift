// The other actions on a case's record: content of a marketplace hidden and shown again (dmca_hide,
// dmca_restore), a deposit captured, watchers.
//
//     content  shown → hidden → shown → …, in a case of the type dmca only
//     deposit  captured, once

import EventSourcing
public import Events

/// A deposit as a case's record has it.
public struct Deposit: Hashable, Sendable, Codable {
  /// In minor units of the currency of the case's order.
  public internal(set) var amount: Int
  public internal(set) var reference: String
}

extension SupportCase {
  /// Hides content that a notice is about (dmca_hide).
  public static func hideContent(
    _ command: HideContent, case supportCase: SupportCase, facts: Facts
  ) throws(CaseActionRejection) -> Decision {
    try supportCase.requireRightsCase(command.caseID)
    guard !supportCase.hiddenContent.contains(command.contentID) else {
      return .unchanged(reason: "The content is hidden already.")
    }
    // As with refunds and holds (C3): a resolved case hides nothing more.
    guard supportCase.acceptsRefunds else {
      throw .caseResolved(command.caseID, status: supportCase.status)
    }
    return .events([
      .contentHidden(
        ContentHidden(
          caseID: command.caseID, contentID: command.contentID, reason: command.reason,
          hiddenBy: facts.actor))
    ])
  }

  /// Shows content again (dmca_restore); also in a resolved case, because that may be its
  /// resolution.
  public static func restoreContent(
    _ command: RestoreContent, case supportCase: SupportCase, facts: Facts
  ) throws(CaseActionRejection) -> Decision {
    try supportCase.requireRightsCase(command.caseID)
    guard supportCase.hiddenContent.contains(command.contentID) else {
      throw .contentNotHidden(command.contentID, command.caseID)
    }
    return .events([
      .contentRestored(
        ContentRestored(
          caseID: command.caseID, contentID: command.contentID, reason: command.reason,
          restoredBy: facts.actor))
    ])
  }

  private func requireRightsCase(_ caseID: CaseID) throws(CaseActionRejection) {
    guard let header else { throw .unknownCase(caseID) }
    guard status != .closed else { throw .caseClosed(caseID) }
    guard header.type == .dmca else { throw .notAboutRights(caseID, type: header.type) }
  }

  /// Records that a deposit of the case's order was captured; its money is not the order's
  /// (O2).
  ///
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func recordDeposit(
    _ command: RecordDepositCaptured, case supportCase: SupportCase, order: Order?, facts: Facts
  ) throws(CaseActionRejection) -> Decision {
    let id = assigned(command.depositID)
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.status != .closed else { throw .caseClosed(command.caseID) }
    guard let order = order?.header else { throw .noOrder(command.caseID) }
    guard command.amount > 0 else { throw .nothingCaptured(id) }
    let deposit = Deposit(amount: command.amount, reference: command.reference)
    if let recorded = supportCase.deposits[id] {
      guard recorded == deposit else {
        throw .otherDeposit(
          id, recorded: Money(recorded.amount, order.currency), reference: recorded.reference)
      }
      return .unchanged(reason: "The deposit is on record already.")
    }
    return .events([
      .depositCaptured(
        DepositCaptured(
          caseID: command.caseID, depositID: id, orderID: order.orderID, amount: command.amount,
          currency: order.currency, reference: command.reference, recordedBy: facts.actor))
    ])
  }

  /// Adds one of the tenant's people, in any role, as a watcher of the case.
  public static func addWatcher(
    _ command: AddCaseWatcher, case supportCase: SupportCase, facts: Facts
  ) throws(CaseActionRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.status != .closed else { throw .caseClosed(command.caseID) }
    guard facts.tenant.agents[command.agentID] != nil else { throw .cannotWatch(command.agentID) }
    guard !supportCase.watchers.contains(command.agentID) else {
      return .unchanged(reason: "\(command.agentID) watches the case already.")
    }
    return .events([
      .caseWatcherAdded(CaseWatcherAdded(caseID: command.caseID, agentID: command.agentID))
    ])
  }

  /// Removes a watcher of the case, closed or not.
  public static func removeWatcher(
    _ command: RemoveCaseWatcher, case supportCase: SupportCase, facts: Facts
  ) throws(CaseActionRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.watchers.contains(command.agentID) else {
      return .unchanged(reason: "\(command.agentID) does not watch the case.")
    }
    return .events([
      .caseWatcherRemoved(CaseWatcherRemoved(caseID: command.caseID, agentID: command.agentID))
    ])
  }
}

extension SupportCase {
  mutating func hide(_ event: ContentHidden) throws(InconsistentHistory) {
    try require(
      header?.type == .dmca && acceptsRefunds && hiddenContent.insert(event.contentID).inserted,
      "content \(event.contentID) hidden in a case that cannot hide it")
  }

  mutating func restore(_ event: ContentRestored) throws(InconsistentHistory) {
    try require(
      status != .closed && hiddenContent.remove(event.contentID) != nil,
      "content \(event.contentID) restored that was not hidden")
  }

  mutating func capture(_ event: DepositCaptured) throws(InconsistentHistory) {
    try require(
      status != .closed && orderID == event.orderID && event.amount > 0
        && deposits[event.depositID] == nil,
      "deposit \(event.depositID) captured in a case that cannot take it")
    deposits[event.depositID] = Deposit(amount: event.amount, reference: event.reference)
  }

  mutating func watch(_ event: CaseWatcherAdded) throws(InconsistentHistory) {
    try require(
      status != .closed && watchers.insert(event.agentID).inserted,
      "\(event.agentID) watches the case twice")
  }

  mutating func unwatch(_ event: CaseWatcherRemoved) throws(InconsistentHistory) {
    try require(
      watchers.remove(event.agentID) != nil, "\(event.agentID) did not watch the case")
  }
}
