// Why the rules refuse commands about refunds.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about refunds.
public enum RefundRefusal: String, RefusalReason {
  case unknownRefund, refundAlreadyRequested, anotherCustomersRefund, nothingNamed, itemNamedTwice
  case moreUnitsThanLeft, nothingToPay, aboveRefundableBalance, aboveRequested, nothingApproved
  case notPayableExactly, notDelivered, outsideReturnWindow, mayNotApprove, approverIsRequester
  case notByPolicyAfterDenial, notByPolicyAfterRejection, notByPolicyAfterNothing
  case notByPolicyAfterInspection, claimedByChargeback, notTheCurrentAttempt, attemptNotTold
  case nothingPaidInImports, anotherOutcomeKnown, onlyReconciliation, settlementReferenceMissing
  case failureReasonMissing, outcomeContradictsItself, unknownLeg, paymentNotNamed, legEnded
  case legNotSettled, returnOfAnother, returnNotRefundable, returnNotInspected
  case returnRefundedAlready, returnCreditedAlready, feesComeFromReturn, itemsOfReturnDiffer
  case refundOfReturn, returnCameToLess, returnWorthNothing

  public var guide: RefusalGuide {
    switch self {
    case .unknownRefund:
      RefusalGuide(
        "R1", "The tenant has no refund of this id.",
        "Correct refundId, or request it: RequestRefund.")
    case .refundAlreadyRequested:
      RefusalGuide("R1", "The refund is requested already.", "Request another under another id.")
    case .anotherCustomersRefund:
      RefusalGuide(
        "R1", "A customer names a refund that is another customer's.",
        "Customers act for their own refunds; an agent may act for them.")
    case .nothingNamed:
      RefusalGuide(
        "R1", "The request names neither a line nor the shipping.",
        "Name at least one line, or give includeShipping.")
    case .itemNamedTwice:
      RefusalGuide("R1", "Two items have the same id.", "Give each refund item an id of its own.")
    case .moreUnitsThanLeft:
      RefusalGuide(
        "R1", "More units are asked for than are neither refunded, reserved, nor in a return.",
        "Ask for fewer units, or cancel what holds them.")
    case .nothingToPay:
      RefusalGuide(
        "R2", "What is asked for, less what is kept back, comes to nothing.",
        "Ask for more, or keep less back.")
    case .aboveRefundableBalance:
      RefusalGuide(
        "R3", "More is asked for than is left of the order's payments.",
        "Ask for less, or cancel the refunds that reserve the rest.")
    case .aboveRequested:
      RefusalGuide(
        "R3", "More would be approved than was requested.",
        "Approve at most what was requested; AmendRefund asks for more.")
    case .nothingApproved:
      RefusalGuide("R3", "Approving nothing is no approval.", "Refuse the refund with DenyRefund.")
    case .notPayableExactly:
      RefusalGuide(
        "R3", "The provider of a payment has no unit that is small enough for this amount.",
        "Approve the nearest amount, which the detail gives.")
    case .notDelivered:
      RefusalGuide(
        "R4", "The order has no delivery date, from which the return window counts.",
        "Record the delivery first: RecordDelivery.")
    case .outsideReturnWindow:
      RefusalGuide(
        "R4", "The last day on which refunds of the order could be approved has passed.",
        "Deny the refund, or give store credit. The window is a setting of the "
          + "tenant.")
    case .mayNotApprove:
      RefusalGuide(
        "R5", "The actor may not approve refunds.",
        "Let an agent or an admin of the tenant approve it.")
    case .approverIsRequester:
      RefusalGuide(
        "R5", "With four eyes, the requester of a refund does not approve it.",
        "Let another person approve it.")
    case .notByPolicyAfterDenial:
      RefusalGuide(
        "R5", "A policy does not approve what a person has denied for the same parts of the order.",
        "Let an agent or an admin decide.")
    case .notByPolicyAfterRejection:
      RefusalGuide(
        "R5",
        "A policy does not approve what a person has rejected for the same parts of "
          + "the order.",
        "Let an agent or an admin decide.")
    case .notByPolicyAfterNothing:
      RefusalGuide(
        "R5",
        "A policy does not approve what a person ended with nothing for the same "
          + "parts of the order.",
        "Let an agent or an admin decide.")
    case .notByPolicyAfterInspection:
      RefusalGuide(
        "R5", "A policy does not approve what an inspection did not accept.",
        "Let an agent or an admin decide.")
    case .claimedByChargeback:
      RefusalGuide(
        "B1", "A chargeback claims money that this refund would pay once more.",
        "Cancel or deny the refund, or wait until the chargeback is won.")
    case .notTheCurrentAttempt:
      RefusalGuide(
        "R7", "The command is about another attempt than the current one.",
        "Read the refund, and name its current attempt.")
    case .attemptNotTold:
      RefusalGuide(
        "R7", "An import reports the outcome of an attempt that Redress made.",
        "Leave it out; its provider says what became of it.")
    case .nothingPaidInImports:
      RefusalGuide(
        "R7", "While a history is imported, nothing is paid.",
        "End the import first: EndImport.")
    case .anotherOutcomeKnown:
      RefusalGuide(
        "R7", "The attempt has another outcome on record.",
        "Nothing is recorded; check which of the two the provider has.")
    case .onlyReconciliation:
      RefusalGuide(
        "R9", "The outcome of the attempt is unknown.",
        "Settle it by the provider's books: ReconcileRefund.")
    case .settlementReferenceMissing:
      RefusalGuide(
        "R8", "An executed refund needs the provider's reference.",
        "Give settlementReference.")
    case .failureReasonMissing:
      RefusalGuide("R8", "A failed refund needs a reason.", "Give the provider's reason.")
    case .outcomeContradictsItself:
      RefusalGuide(
        "R8", "The outcome has parts of a success and of a failure.",
        "Give a settlement reference for success, a reason for failure.")
    case .unknownLeg:
      RefusalGuide(
        "R7", "The refund gives nothing back by this payment.",
        "Name a payment of the refund's legs.")
    case .paymentNotNamed:
      RefusalGuide(
        "R7", "The command could be about several legs, and what it says holds for one.",
        "Name the leg's payment: paymentId.")
    case .legEnded:
      RefusalGuide(
        "R7", "The leg is in a state that this does not follow.",
        "Read the refund's legs; ExecuteRefund asks again for what failed or came back.")
    case .legNotSettled:
      RefusalGuide(
        "R10", "Money that was not paid cannot come back.",
        "Record first that it was paid: RecordRefundExecuted.")
    case .returnOfAnother:
      RefusalGuide(
        "V3", "The return belongs to another case or order than the refund.",
        "Name the case and the order of the return.")
    case .returnNotRefundable:
      RefusalGuide(
        "V3", "Only a return that was approved is refunded.",
        "Approve the return first.")
    case .returnNotInspected:
      RefusalGuide(
        "V4", "Before the inspection, only the tenant's people ask for the refund of a return.",
        "Wait for the inspection, or let an agent ask.")
    case .returnRefundedAlready:
      RefusalGuide("V1", "A refund is for this return already.", "Amend or cancel that one.")
    case .returnCreditedAlready:
      RefusalGuide("V1", "Store credit was given for this return.", "It is not refunded, too.")
    case .feesComeFromReturn:
      RefusalGuide(
        "V3", "What a return comes to is its policy's to say.",
        "Leave restockingFeeBasisPoints, shippingFee and includeShipping out.")
    case .itemsOfReturnDiffer:
      RefusalGuide(
        "V3", "The items are not those that money is due for.",
        "Name exactly the items that the detail gives.")
    case .refundOfReturn:
      RefusalGuide("V3", "A refund of a return is not amended.", "Cancel it and request another.")
    case .returnCameToLess:
      RefusalGuide(
        "V3", "The refund is for more units than money is due for.",
        "Cancel it and request another.")
    case .returnWorthNothing:
      RefusalGuide("V3", "The return was found to be worth nothing.", "No refund of it is paid.")
    }
  }
}
