// The end of a case, C1 and C5: resolving it, working on it again, closing it for good.

import EventSourcing
public import Events

extension SupportCase {
  /// Answers a case in progress that no refund under way keeps open (C1, C5).
  ///
  /// - Parameter refunds: all refunds of this case.
  public static func decide(
    _ command: ResolveCase, case supportCase: SupportCase, refunds: [Refund], facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.status != .closed else { throw .closed(command.caseID) }
    // C1: no skipping.
    guard supportCase.status.stage == .inProgress else {
      throw .notInProgress(command.caseID, status: supportCase.status)
    }
    // C5: not while a refund of it is approved, processing or of unknown outcome.
    for refund in refunds {
      guard let refundID = refund.refundID, let status = refund.status else { continue }
      switch status {
      case .approved, .processing, .outcomeUnknown:
        throw .refundUnderWay(refundID, status: status)
      case .pending, .executed, .failed, .denied, .cancelled: break
      }
    }
    // C5: resolving as refunded needs an executed refund.
    if command.resolution == .refunded, !refunds.contains(where: { $0.status == .executed }) {
      throw .nothingRefunded(command.caseID)
    }
    let resolved: Event = .caseResolved(
      CaseResolved(
        caseID: command.caseID, resolution: command.resolution, resolvedAt: facts.now,
        note: command.note))
    return .events(supportCase.withClocks([resolved], facts: facts))
  }

  /// Works on a resolved case again, within the reopen window (C1).
  public static func decide(
    _ command: ReopenCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    // C1: closed is final.
    guard supportCase.status != .closed else { throw .closed(command.caseID) }
    guard let resolvedAt = supportCase.resolvedAt else {
      throw .notResolved(command.caseID, status: supportCase.status)
    }
    // C1: within the reopen window, counted in the tenant's calendar days.
    let resolvedOn = facts.dateOf(resolvedAt)
    let lastDay = resolvedOn.advanced(byDays: facts.tenant.settings.reopenWindowDays)
    guard facts.today <= lastDay else {
      throw .outsideReopenWindow(resolvedOn: resolvedOn, lastDay: lastDay, today: facts.today)
    }
    let reopened: Event = .caseReopened(
      CaseReopened(caseID: command.caseID, reason: command.reason))
    return .events(supportCase.withClocks([reopened], facts: facts))
  }

  /// Ends a resolved case for good (C1).
  public static func decide(
    _ command: CloseCase, case supportCase: SupportCase, facts: Facts
  ) throws(CaseRejection) -> Decision {
    guard supportCase.isOpened else { throw .unknownCase(command.caseID) }
    guard supportCase.status != .closed else {
      return .unchanged(reason: "The case is closed already.")
    }
    // C1: no skipping.
    guard supportCase.status.stage == .resolved else {
      throw .notResolved(command.caseID, status: supportCase.status)
    }
    return .events([.caseClosed(CaseClosed(caseID: command.caseID))])
  }
}
