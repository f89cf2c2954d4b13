// Why the rules refuse commands about returns.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about returns.
public enum ReturnRefusal: String, RefusalReason {
  case anotherCustomersReturn, returnAlreadyRequested, moreUnitsThanReturnable, noActivePolicy
  case notEligible, methodsDiffer, anotherReturnMethod, mayNotKeepItems, itemsAreKept
  case itemsCameAlready, notExpiredYet, wordsTooLong, lineNotReturned, receptionKnown
  case notAllReceived, nothingMissing, nothingToInspect, inspectedAlready, acceptedOutOfRange
  case acceptedInPart, dispositionDoesNotFit, refundedInAdvance, nothingDue, dueAboveBalance
  case giverIsRequester

  public var guide: RefusalGuide {
    switch self {
    case .anotherCustomersReturn:
      RefusalGuide(
        "V1", "A customer names a return that is another customer's.",
        "Customers act for their own returns; an agent may act for them.")
    case .returnAlreadyRequested:
      RefusalGuide("V1", "The return is requested already.", "Request another under another id.")
    case .moreUnitsThanReturnable:
      RefusalGuide(
        "V1", "More units are named than are neither refunded, reserved, nor in a return.",
        "Name fewer units, or cancel what holds them.")
    case .noActivePolicy:
      RefusalGuide(
        "V2", "No policy is active, so nothing says what may be returned.",
        "Define a policy and activate it: DefinePolicy, ActivatePolicy.")
    case .notEligible:
      RefusalGuide(
        "V2", "The policy does not allow the return of this line.",
        "Leave the line out. The facts name the policy's rule and what it looked at.")
    case .methodsDiffer:
      RefusalGuide(
        "V2", "The policy wants the lines returned in different ways.",
        "Request a return for each way.")
    case .anotherReturnMethod:
      RefusalGuide(
        "V2", "The policy says another way of returning.",
        "Give the policy's method, or leave returnMethod out.")
    case .mayNotKeepItems:
      RefusalGuide(
        "V2", "Only a policy or an admin lets a customer keep what is returned.",
        "Let an admin request it, or choose another method.")
    case .itemsAreKept:
      RefusalGuide(
        "V4", "The customer keeps the items, so nothing is sent.",
        "Complete the return: CompleteReturn.")
    case .itemsCameAlready:
      RefusalGuide(
        "V4", "What came of the items is on record, so they are not sent any more.",
        "Inspect them: InspectReturn.")
    case .notExpiredYet:
      RefusalGuide(
        ["Return states", "H2"], "The time of the return, or of the hold, is not over.",
        "Wait until it is, or end it by the command for that.")
    case .wordsTooLong:
      RefusalGuide(
        "Returns", "The customer's words are longer than 16 KiB together.",
        "Write less, or attach longer texts to the case.")
    case .lineNotReturned:
      RefusalGuide("V3", "The return has no line of this id.", "Name one of its lines.")
    case .receptionKnown:
      RefusalGuide(
        "Return states", "What came of the line is on record already.",
        "Nothing more can be recorded of it.")
    case .notAllReceived:
      RefusalGuide(
        "V3", "Fewer units came than were announced.",
        "Say what became of the rest: short_shipped or lost_in_transit.")
    case .nothingMissing:
      RefusalGuide("V3", "All units that were announced came.", "Record the line as received.")
    case .nothingToInspect:
      RefusalGuide("V3", "Nothing came of the line.", "Leave the line out of the inspection.")
    case .inspectedAlready:
      RefusalGuide("Return states", "The line was inspected already.", "Leave it out.")
    case .acceptedOutOfRange:
      RefusalGuide("V3", "That many units cannot be accepted.", "Accept as many as came, at most.")
    case .acceptedInPart:
      RefusalGuide(
        "V3", "Units are accepted of a line that is not.",
        "Say accepted with the quantity; it rejects the others.")
    case .dispositionDoesNotFit:
      RefusalGuide(
        "V3", "What becomes of the units does not fit what came.",
        "Say missing of what did not come, and of nothing else.")
    case .refundedInAdvance:
      RefusalGuide(
        "V4", "A refund was requested for the return before its end.",
        "Cancel or deny that refund, unless it is paid.")
    case .nothingDue:
      RefusalGuide(
        "V3", "Nothing is due for the return after its fees.",
        "Complete it with nothing.")
    case .dueAboveBalance:
      RefusalGuide(
        "B1", "More is due than is left of the order's money.",
        "Complete it when the chargeback has ended, or give nothing.")
    case .giverIsRequester:
      RefusalGuide(
        "R5", "With four eyes, the requester of a return does not give the store credit for it.",
        "Let another person give it.")
    }
  }
}
