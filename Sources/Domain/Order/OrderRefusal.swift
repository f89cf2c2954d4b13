// Why the rules refuse commands about orders and store credit.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about orders and store credit.
public enum OrderRefusal: String, RefusalReason {
  case otherCurrency, otherPlatformFee, paymentOfAnotherAmount, discountAbovePrice, totalMissing
  case capturedAboveTotal, unitsAlreadyTaken, noStoreCredit, mayNotGiveCredit

  public var guide: RefusalGuide {
    switch self {
    case .otherCurrency:
      RefusalGuide(
        "O1", "The order was recorded in another currency, which cannot change.",
        "Correct currency, or record another order.")
    case .otherPlatformFee:
      RefusalGuide(
        "O1", "The order was recorded with another platform fee, which cannot change.",
        "Leave the fee as it was recorded.")
    case .paymentOfAnotherAmount:
      RefusalGuide(
        "O1", "The payment was captured with another amount.",
        "Give another capture an id of its own.")
    case .discountAbovePrice:
      RefusalGuide(
        "R2", "The discount of a line is more than its units cost.",
        "Correct discount; a line cannot cost less than nothing.")
    case .totalMissing:
      RefusalGuide(
        "R2", "The total and the parts of the order no longer come to the same.",
        "Say in total what the order costs now.")
    case .capturedAboveTotal:
      RefusalGuide(
        "R3", "More would be captured than the order costs.",
        "Raise the total first: AmendOrder.")
    case .unitsAlreadyTaken:
      RefusalGuide(
        "R1", "Units of a line that would be gone are refunded, reserved, or in a return.",
        "Cancel the refunds that are not paid, and the returns that were not sent, first.")
    case .noStoreCredit:
      RefusalGuide("O2", "Store credit of nothing is none.", "Give an amount.")
    case .mayNotGiveCredit:
      RefusalGuide(
        "R5", "The actor may not give store credit.",
        "Let an agent or an admin of the tenant give it.")
    }
  }
}
