// Why the rules refuse commands about cases, messages, evidence and chargebacks.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about cases, messages, evidence and chargebacks.
public enum CaseRefusal: String, RefusalReason {
  case caseAlreadyOpened, cannotOwnCases, notByChangingStatus, caseNotInProgress, caseNotResolved
  case outsideReopenWindow, orderNotRecorded, notOfTheOrder, refundUnderWay, returnUnderWay
  case nothingRefunded, chargebackUnderWay, notAboutRights, contentNotHidden, caseWithoutOrder
  case nothingCaptured, otherDeposit, cannotWatch, unknownPayment, chargebackAlreadyOpened
  case moreThanCaptured, unknownChargeback, evidenceNotAttached, notPossible, alreadyPosted
  case tooLong, nothingSaid, authorMissing, anotherAuthor, unknownMessage, attachedTwice
  case otherEvidence, lineWithoutReturn

  public var guide: RefusalGuide {
    switch self {
    case .caseAlreadyOpened:
      RefusalGuide("C1", "The case is opened already.", "Open another under another id.")
    case .cannotOwnCases:
      RefusalGuide(
        "C4", "The agent cannot own a case.",
        "Assign one of the tenant's agents or admins.")
    case .notByChangingStatus:
      RefusalGuide(
        "C1", "A case does not get from its status to this one by ChangeCaseStatus.",
        "Use the command for it: ResolveCase, CloseCase or ReopenCase.")
    case .caseNotInProgress:
      RefusalGuide(
        "C1", "Only a case in progress can be resolved.",
        "Assign it, or change its status first.")
    case .caseNotResolved:
      RefusalGuide(
        "C1", "Only a resolved case can be reopened or closed.",
        "Resolve it first: ResolveCase.")
    case .outsideReopenWindow:
      RefusalGuide(
        "C1", "The days in which a resolved case can be reopened are over.",
        "Open another case: OpenCase.")
    case .orderNotRecorded:
      RefusalGuide(
        "C2", "A case can be about a recorded order only.",
        "Mirror the order first: RecordOrder.")
    case .notOfTheOrder:
      RefusalGuide(
        "C2", "What the case names of a booking is not the order's.",
        "Name what the order was recorded with, or leave it out.")
    case .refundUnderWay:
      RefusalGuide(
        "C5", "A refund of the case is approved, being paid, or of unknown outcome.",
        "Wait until it is executed, or cancel it.")
    case .returnUnderWay:
      RefusalGuide(
        "C5", "A return of the case has not ended, and its money needs an open case.",
        "Complete the return, or end it otherwise, first.")
    case .nothingRefunded:
      RefusalGuide(
        "C5", "No refund of the case is executed, so it is not refunded.",
        "Resolve it otherwise, or execute a refund first.")
    case .chargebackUnderWay:
      RefusalGuide(
        "B1", "A chargeback of the case has no outcome yet.",
        "Record the outcome first: RecordChargebackOutcome.")
    case .notAboutRights:
      RefusalGuide(
        "Actions on record", "Content is hidden and restored in a case of the type dmca only.",
        "Open a case of that type.")
    case .contentNotHidden:
      RefusalGuide(
        "Actions on record", "The content is not hidden because of this case.",
        "Correct the content, or the case.")
    case .caseWithoutOrder:
      RefusalGuide(
        "Actions on record", "A case without an order has no deposit.",
        "Use a case of the order.")
    case .nothingCaptured:
      RefusalGuide(
        "Actions on record", "The deposit is of nothing.",
        "Give the amount that was captured.")
    case .otherDeposit:
      RefusalGuide(
        "Actions on record", "The deposit is on record with other content.",
        "Give another deposit another id.")
    case .cannotWatch:
      RefusalGuide(
        "Watchers", "A watcher is one of the tenant's people.",
        "Add the agent first: AddAgent.")
    case .unknownPayment:
      RefusalGuide(
        "B1", "No payment of this id was captured for the order.",
        "Correct paymentId, or record it: CapturePayment.")
    case .chargebackAlreadyOpened:
      RefusalGuide(
        "B1", "The chargeback is opened already, about something else.",
        "Give another chargeback another id.")
    case .moreThanCaptured:
      RefusalGuide(
        "B1", "The chargeback claims more than was captured and is not claimed already.",
        "Correct amount.")
    case .unknownChargeback:
      RefusalGuide(
        "B1", "The case has no chargeback of this id.",
        "Correct chargebackId, or open it: OpenChargeback.")
    case .evidenceNotAttached:
      RefusalGuide(
        "B1", "The case has no evidence with this SHA-256.",
        "Put it on record first: AttachEvidence.")
    case .notPossible:
      RefusalGuide(
        "Chargeback", "The chargeback is not in a state from which this outcome follows.",
        "Read its state; the rule book has the table.")
    case .alreadyPosted:
      RefusalGuide(
        "Messages", "The message is written already, and messages do not change.",
        "Write another under another id.")
    case .tooLong:
      RefusalGuide(
        "Messages", "The message is longer than 16 KiB.",
        "Write less, or attach the text as evidence.")
    case .nothingSaid:
      RefusalGuide("Messages", "The message has nothing but blanks.", "Say something.")
    case .authorMissing:
      RefusalGuide(
        "Messages", "A service brings the message of a person, who is not named.",
        "Give author.")
    case .anotherAuthor:
      RefusalGuide("Messages", "The actor writes in another name.", "Leave author out.")
    case .unknownMessage:
      RefusalGuide(
        "Evidence", "The case has no message of this id.",
        "Correct messageId, or leave it out.")
    case .attachedTwice:
      RefusalGuide("Evidence", "The message shows the same evidence twice.", "Show it once.")
    case .otherEvidence:
      RefusalGuide(
        "Evidence", "The key is on record for other bytes, and evidence never changes.",
        "Give other evidence another key.")
    case .lineWithoutReturn:
      RefusalGuide(
        "Evidence", "A line of a return is named without the return.",
        "Give returnId, too.")
    }
  }
}
