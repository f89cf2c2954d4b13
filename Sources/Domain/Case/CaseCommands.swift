// Which function decides which command of a case, with what it looks at.

import Events

extension SupportCase {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: CaseCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .openCase(let command):
      return try open(
        command, case: aggregates.supportCase(assigned(command.caseID)),
        order: command.orderID.map(aggregates.order), facts: facts)
    case .openChargeback(let command):
      return try openChargeback(
        command, case: aggregates.supportCase(command.caseID),
        order: aggregates.order(command.orderID), facts: facts)
    case .placeLegalHold(let command):
      return try Privacy.placeLegalHold(
        command, privacy: aggregates.privacy, case: aggregates.supportCase(command.caseID),
        facts: facts)
    case .releaseLegalHold(let command):
      return try Privacy.releaseLegalHold(
        command, privacy: aggregates.privacy, case: aggregates.supportCase(command.caseID),
        facts: facts)
    case .resolveCase(let command):
      let supportCase = try aggregates.supportCase(command.caseID)
      return try resolve(
        command, case: supportCase, refunds: supportCase.refundIDs.map(aggregates.refund),
        returns: supportCase.returnIDs.sorted().map(aggregates.return),
        order: supportCase.orderID.map(aggregates.order), facts: facts)
    case .recordDepositCaptured(let command):
      let supportCase = try aggregates.supportCase(command.caseID)
      return try recordDeposit(
        command, case: supportCase, order: supportCase.orderID.map(aggregates.order), facts: facts)
    case .recordChargebackOutcome(let command):
      let supportCase = try aggregates.supportCase(command.caseID)
      let orderID = supportCase.chargebacks[command.chargebackID]?.orderID
      return try recordChargebackOutcome(
        command, case: supportCase, order: orderID.map(aggregates.order) ?? Order(), facts: facts)
    case .assignCase(let command):
      return try assign(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .changeCaseStatus(let command):
      return try changeStatus(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .changeCaseSeverity(let command):
      return try changeSeverity(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .reopenCase(let command):
      return try reopen(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .closeCase(let command):
      return try close(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .postMessage(let command):
      return try postMessage(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .attachEvidence(let command):
      return try attachEvidence(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .addCaseWatcher(let command):
      return try addWatcher(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .removeCaseWatcher(let command):
      return try removeWatcher(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .hideContent(let command):
      return try hideContent(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .restoreContent(let command):
      return try restoreContent(command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .representChargeback(let command):
      return try representChargeback(
        command, case: aggregates.supportCase(command.caseID), facts: facts)
    case .recordSlaBreach(let command):
      return try recordSlaBreach(
        command, case: aggregates.supportCase(command.caseID), facts: facts)
    }
  }
}
