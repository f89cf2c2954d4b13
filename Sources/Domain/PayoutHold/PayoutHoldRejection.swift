// Why a command about a payout hold is refused.

public import EventSourcing
public import Events

/// C3, H1, H2, and the table of a hold's states.
public enum PayoutHoldRejection: Rejection, RejectionWithinCase {
  case unknownHold(HoldID)
  case alreadyApplied(HoldID)
  case noOpenCase(NoOpenCase)
  case legOfAnotherOrder(LegID, recorded: LegID?)
  case expiresInThePast(Timestamp, now: Timestamp)
  case morePayableThanLeft(asked: Money, payable: Money)
  case expired(HoldID, at: Timestamp)
  case notExpiredYet(HoldID, expiresAt: Timestamp, now: Timestamp)

  public var explanation: Explanation {
    switch self {
    case .unknownHold(let id):
      Explanation(
        "H1", PayoutHoldRefusal.unknownHold, "There is no hold \(id). ApplyPayoutHold applies one.",
        ["hold": id])
    case .alreadyApplied(let id):
      Explanation(
        "H1", PayoutHoldRefusal.holdAlreadyApplied,
        "The hold \(id) was applied already. Another needs another id.", ["hold": id])
    case .noOpenCase(let it):
      it.explanation(
        rule: "H1", unknownCaseRule: "H1",
        need: "; a hold needs a case that is open or in progress.",
        belonging: " A hold belongs to a case of its order.")
    case .legOfAnotherOrder(let leg, let recorded):
      Explanation(
        "H1", SharedRefusal.legOfAnotherOrder,
        "The order is \(recorded.map { "leg \($0) of its booking" } ?? "no leg of a booking"), "
          + "not \(leg).",
        ["leg": leg, "recorded": recorded?.rawValue ?? "none"])
    case .expiresInThePast(let expiresAt, let now):
      Explanation(
        "H2", PayoutHoldRefusal.expiresInThePast,
        "A hold ends after it begins: \(expiresAt) is not after \(now).",
        ["expiresAt": expiresAt, "now": now])
    case .morePayableThanLeft(let asked, let payable):
      Explanation(
        "H1", PayoutHoldRefusal.moreThanPayable,
        "\(asked) cannot be kept back: \(payable) are payable to the seller and not held already.",
        ["asked": asked, "payable": payable])
    case .expired(let id, let time):
      Explanation(
        "PayoutHold", PayoutHoldRefusal.holdExpired,
        "The hold \(id) expired at \(time); there is nothing to release.",
        ["hold": id, "expiresAt": time])
    case .notExpiredYet(let id, let expiresAt, let now):
      Explanation(
        "H2", ReturnRefusal.notExpiredYet,
        "The hold \(id) ends at \(expiresAt); it is \(now). ReleasePayoutHold ends it before.",
        ["hold": id, "expiresAt": expiresAt, "now": now])
    }
  }
}
