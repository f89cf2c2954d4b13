// Commands about a case: its course, messages, evidence, chargebacks and legal holds.

import Domain
import Events

extension DecidedEvents {
  func caseCommands(_ event: CaseEvent) -> [Command] {
    switch event {
    case .caseOpened(let event): [.openCase(OpenCase(event))]
    case .caseAssigned(let event):
      [.assignCase(AssignCase(caseID: event.caseID, owner: event.owner))]
    case .caseStatusChanged(let event):
      [
        .changeCaseStatus(
          ChangeCaseStatus(caseID: event.caseID, status: event.to, reason: event.reason))
      ]
    case .caseSeverityChanged(let event):
      [.changeCaseSeverity(ChangeCaseSeverity(caseID: event.caseID, severity: event.to))]
    case .caseResolved(let event):
      [
        .resolveCase(
          ResolveCase(caseID: event.caseID, resolution: event.resolution, note: event.note))
      ]
    case .caseReopened(let event):
      [.reopenCase(ReopenCase(caseID: event.caseID, reason: event.reason))]
    case .caseClosed(let event): [.closeCase(CloseCase(caseID: event.caseID))]
    case .caseWatcherAdded(let event):
      [.addCaseWatcher(AddCaseWatcher(caseID: event.caseID, agentID: event.agentID))]
    case .caseWatcherRemoved(let event):
      [.removeCaseWatcher(RemoveCaseWatcher(caseID: event.caseID, agentID: event.agentID))]
    case .messagePosted(let event): [.postMessage(PostMessage(event))]
    case .evidenceAttached(let event): [.attachEvidence(AttachEvidence(event))]
    case .contentHidden(let event):
      [
        .hideContent(
          HideContent(caseID: event.caseID, contentID: event.contentID, reason: event.reason))
      ]
    case .contentRestored(let event):
      [
        .restoreContent(
          RestoreContent(caseID: event.caseID, contentID: event.contentID, reason: event.reason))
      ]
    case .depositCaptured(let event):
      [
        .recordDepositCaptured(
          RecordDepositCaptured(
            caseID: event.caseID, depositID: event.depositID, amount: event.amount,
            reference: event.reference))
      ]
    case .chargebackOpened(let event): [.openChargeback(OpenChargeback(event))]
    case .chargebackRepresented(let event):
      [
        .representChargeback(
          RepresentChargeback(
            caseID: event.caseID, chargebackID: event.chargebackID, evidence: event.evidence,
            note: event.note))
      ]
    case .chargebackEnded(let event):
      [
        .recordChargebackOutcome(
          RecordChargebackOutcome(
            caseID: event.caseID, chargebackID: event.chargebackID, outcome: event.outcome,
            reference: event.reference))
      ]
    case .legalHoldPlaced(let event):
      [.placeLegalHold(PlaceLegalHold(caseID: event.caseID, reason: event.reason))]
    case .legalHoldReleased(let event):
      [.releaseLegalHold(ReleaseLegalHold(caseID: event.caseID, reason: event.reason))]
    case .slaBreached(let event):
      [.recordSlaBreach(RecordSlaBreach(caseID: event.caseID, targetKind: event.targetKind))]
    case .caseHoldApplied, .caseHoldEnded, .caseRefundRequested, .caseReturnRequested,
      .slaClocksPaused, .slaClocksResumed, .slaClocksStarted, .slaFirstResponseMet, .slaRetargeted:
      []
    }
  }
}

extension OpenCase {
  fileprivate init(_ event: CaseOpened) {
    self.init(
      caseID: event.caseID, customerID: event.customerID, orderID: event.orderID,
      title: event.title, description: event.description, type: event.type,
      subtype: event.subtype, severity: event.severity, reasonCode: event.reasonCode,
      lbgID: event.lbgID, legID: event.legID, studioID: event.studioID,
      creatorID: event.creatorID, payoutID: event.payoutID)
  }
}

extension PostMessage {
  fileprivate init(_ event: MessagePosted) {
    self.init(
      messageID: event.messageID, caseID: event.caseID, customerID: event.customerID,
      authorRole: event.authorRole, author: event.author, body: event.body,
      attachments: event.attachments.map { attachment in
        NewAttachment(
          evidenceKey: attachment.evidenceKey, sha256: attachment.sha256,
          bytes: attachment.bytes, mime: attachment.mime)
      })
  }
}

extension AttachEvidence {
  fileprivate init(_ event: EvidenceAttached) {
    self.init(
      caseID: event.caseID, customerID: event.customerID, evidenceKey: event.evidenceKey,
      sha256: event.sha256, bytes: event.bytes, mime: event.mime,
      description: event.description, messageID: event.messageID, returnID: event.returnID,
      lineID: event.lineID)
  }
}

extension OpenChargeback {
  fileprivate init(_ event: ChargebackOpened) {
    self.init(
      chargebackID: event.chargebackID, caseID: event.caseID, orderID: event.orderID,
      paymentID: event.paymentID, amount: event.amount, reason: event.reason,
      networkReference: event.networkReference)
  }
}
