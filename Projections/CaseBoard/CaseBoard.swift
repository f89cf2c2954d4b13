// The case board: the current state of every support case, with its messages, evidence and
// timeline. It answers queries by customer, status and order. What must hold: the timeline has
// every event of the case, and no personal data of an erased person is left.

import EventSourcing
import Events
public import Projecting
public import Routing

/// The current state of every support case, with its events.
public enum CaseBoard: ReadModel {
  public static let name = "CaseBoard"
  public static let version = 9

  public static let streams = [StreamTable("case", table: "cases", id: "case_id")]

  public static let handlers = Handlers(CaseWriter.self) {
    life()
    record()
    payments()
    clocks()
    on(SubjectErased.self) { event, row in try row.erase(event.subjectID) }
  }

  @HandlersBuilder<CaseWriter>
  private static func life() -> [Handler<CaseWriter>] {
    on(CaseOpened.self) { event, row in try row.insert(event) }
    on(CaseAssigned.self) { event, row in
      try row.set("owner", event.owner.rawValue, of: event.caseID, note: "to \(event.owner)")
    }
    on(CaseStatusChanged.self) { event, row in
      try row.set(
        "status", event.to.rawValue, of: event.caseID,
        note: joined(event.to.rawValue, event.reason, with: ": "))
    }
    on(CaseSeverityChanged.self) { event, row in
      try row.set("severity", event.to.rawValue, of: event.caseID, note: event.to.rawValue)
    }
    on(CaseResolved.self) { event, row in
      try row.set(
        "status", event.resolution.rawValue, of: event.caseID,
        note: event.note ?? event.resolution.rawValue)
      try row.setWorkedOn(false, event.caseID)
    }
    on(CaseReopened.self) { event, row in
      try row.set(
        "status", CaseStatus.investigating.rawValue, of: event.caseID, note: event.reason)
      try row.setWorkedOn(true, event.caseID)
    }
    on(CaseClosed.self) { event, row in
      try row.set("closed_at", row.time, of: event.caseID)
      try row.set("status", CaseStatus.closed.rawValue, of: event.caseID, note: nil)
      try row.setWorkedOn(false, event.caseID)
    }
  }

  @HandlersBuilder<CaseWriter>
  private static func record() -> [Handler<CaseWriter>] {
    on(MessagePosted.self) { event, row in try row.insert(event) }
    on(EvidenceAttached.self) { event, row in try row.insert(event) }
    on(CaseWatcherAdded.self) { event, row in try row.add(event) }
    on(CaseWatcherRemoved.self) { event, row in try row.remove(event) }
    on(ContentHidden.self) { event, row in
      try row.note(event.caseID, "\(event.contentID): \(event.reason)")
    }
    on(ContentRestored.self) { event, row in
      try row.note(event.caseID, "\(event.contentID): \(event.reason)")
    }
    on(LegalHoldPlaced.self) { event, row in try row.note(event.caseID, event.reason) }
    on(LegalHoldReleased.self) { event, row in try row.note(event.caseID, event.reason) }
  }

  @HandlersBuilder<CaseWriter>
  private static func payments() -> [Handler<CaseWriter>] {
    on(CaseRefundRequested.self) { event, row in
      try row.note(event.caseID, event.refundID.rawValue)
    }
    on(CaseReturnRequested.self) { event, row in
      try row.note(event.caseID, event.returnID.rawValue)
    }
    on(CaseHoldApplied.self) { event, row in try row.note(event.caseID, event.holdID.rawValue) }
    on(CaseHoldEnded.self) { event, row in
      try row.note(event.caseID, "\(event.holdID) \(event.isExpired ? "expired" : "released")")
    }
    on(StoreCreditGranted.self) { event, row in
      try row.note(
        event.caseID, "\(money(event.amount, event.currency.rawValue)), \(event.reason)")
    }
    on(ChargebackOpened.self) { event, row in
      let amount = money(event.amount, event.currency.rawValue)
      try row.note(event.caseID, "\(event.chargebackID): \(amount), \(event.reason)")
    }
    on(ChargebackRepresented.self) { event, row in
      try row.note(
        event.caseID, "\(event.chargebackID), pieces of evidence: \(event.evidence.count)")
    }
    on(ChargebackEnded.self) { event, row in
      try row.note(event.caseID, "\(event.chargebackID) \(event.outcome.rawValue)")
    }
    on(DepositCaptured.self) { event, row in
      let amount = money(event.amount, event.currency.rawValue)
      try row.note(event.caseID, "\(event.depositID): \(amount), \(event.reference)")
    }
  }

  @HandlersBuilder<CaseWriter>
  private static func clocks() -> [Handler<CaseWriter>] {
    on(SlaClocksStarted.self) { event, row in try row.start(event) }
    on(SlaClocksPaused.self) { event, row in
      try row.setDue(event.caseID, firstResponse: nil, resolution: nil)
      try row.note(event.caseID, event.status.rawValue)
    }
    on(SlaClocksResumed.self) { event, row in
      try row.setDue(
        event.caseID, firstResponse: event.firstResponseDueAt, resolution: event.resolutionDueAt)
      try row.note(event.caseID, due(event.firstResponseDueAt, event.resolutionDueAt))
    }
    on(SlaRetargeted.self) { event, row in try row.retarget(event) }
    on(SlaFirstResponseMet.self) { event, row in
      try row.end(.firstResponse, of: event.caseID, "met", event.dueAt)
      try row.note(event.caseID, event.messageID.rawValue)
    }
    on(SlaBreached.self) { event, row in
      try row.end(event.targetKind, of: event.caseID, "breached", event.dueAt)
      try row.note(
        event.caseID,
        "\(event.targetKind.rawValue): \(event.targetMinutes) minutes of calendar "
          + "\(event.calendarID) version \(event.calendarVersion) ran out at \(event.dueAt)")
    }
  }

  static func due(_ firstResponse: Timestamp?, _ resolution: Timestamp?) -> String {
    joined(
      firstResponse.map { "answer by \($0)" }, resolution.map { "resolve by \($0)" }, with: ", ")
  }

  public static func routes(_ models: any ReadModelReader) -> [Route] {
    CaseRoutes(models: models).all
  }
}
