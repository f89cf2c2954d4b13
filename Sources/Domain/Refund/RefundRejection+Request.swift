// Why no money is asked for: R1 to R3.

public import Events

extension RefundRejection {
  /// R1: the order, the customer and the booking belong together.
  public enum Belonging: Equatable, Sendable {
    case anotherCustomersOrder(OrderID)
    case anotherCustomersRefund(RefundID)
    case legOfAnotherOrder(LegID, recorded: LegID)

    var explanation: Explanation {
      switch self {
      case .anotherCustomersOrder(let id):
        Explanation(
          "R1", SharedRefusal.anotherCustomersOrder,
          "The order \(id) belongs to another customer; customers act for themselves only.",
          ["order": id])
      case .anotherCustomersRefund(let id):
        Explanation(
          "R1", RefundRefusal.anotherCustomersRefund,
          "The refund \(id) belongs to another customer; customers act for themselves only.",
          ["refund": id])
      case .legOfAnotherOrder(let leg, let recorded):
        Explanation(
          "R1", SharedRefusal.legOfAnotherOrder,
          "The order is leg \(recorded) of its booking, not \(leg).",
          ["leg": leg, "recorded": recorded])
      }
    }
  }

  /// R1: lines and quantities.
  public enum Units: Equatable, Sendable {
    case nothingNamed
    case unknownLine(LineID, order: OrderID)
    case lineNamedTwice(LineID)
    case itemNamedTwice(RefundItemID)
    case moreUnitsThanLeft(LineID, asked: Int, left: Int, ordered: Int, inUse: UnitsInUse)

    var explanation: Explanation {
      switch self {
      case .nothingNamed:
        Explanation(
          "R1", RefundRefusal.nothingNamed,
          "A refund names at least one line of its order, or asks for its shipping by "
            + "includeShipping."
        )
      case .unknownLine(let line, let order):
        Explanation(
          "R1", SharedRefusal.unknownLine, "The order \(order) has no line \(line).",
          ["line": line, "order": order])
      case .lineNamedTwice(let line):
        Explanation(
          "R1", SharedRefusal.lineNamedTwice,
          "The line \(line) is named twice; once with all units is right.",
          ["line": line])
      case .itemNamedTwice(let item):
        Explanation(
          "R1", RefundRefusal.itemNamedTwice,
          "The refund item \(item) is named twice; each has its own id.",
          ["refundItem": item])
      case .moreUnitsThanLeft(let line, let asked, let left, let ordered, let inUse):
        Explanation(
          "R1", RefundRefusal.moreUnitsThanLeft,
          "\(asked) units of line \(line) were asked for; \(left) of \(ordered) are left"
            + "\(inUse.clause).",
          [
            "line": line, "asked": asked, "left": left, "ordered": ordered, "inUse": inUse.words,
          ])
      }
    }
  }

  /// R2, R3: amounts.
  public enum Amounts: Equatable, Sendable {
    case nothingToPay(items: Money, shipping: Money, keptBack: Money, requested: Money)
    case amountTooLarge(maximum: Money)
    case aboveRefundableBalance(requested: Money, refundable: Money)
    case aboveRequested(approved: Money, requested: Money)
    case nothingApproved(requested: Money)
    case notPayableExactly(NotPayableExactly, PaymentID, nearest: Money)

    var explanation: Explanation {
      switch self {
      case .nothingToPay(let items, let shipping, let keptBack, let requested):
        Explanation(
          "R2", RefundRefusal.nothingToPay,
          "\(items) for the items and \(shipping) for shipping, less \(keptBack) kept back, is "
            + "\(requested). A refund pays something.",
          ["items": items, "shipping": shipping, "keptBack": keptBack, "requested": requested])
      case .amountTooLarge(let maximum):
        Explanation(
          "R2", SharedRefusal.amountTooLarge,
          "The amounts add up to more than \(maximum), the most that can be held.",
          ["maximum": maximum])
      case .aboveRefundableBalance(let requested, let refundable):
        Explanation(
          "R3", RefundRefusal.aboveRefundableBalance,
          "\(requested) were requested; \(refundable) of the order are refundable.",
          ["requested": requested, "refundable": refundable])
      case .aboveRequested(let approved, let requested):
        Explanation(
          "R3", RefundRefusal.aboveRequested,
          "\(approved) cannot be approved, because only \(requested) were requested.",
          ["approved": approved, "requested": requested])
      case .nothingApproved(let requested):
        Explanation(
          "R3", RefundRefusal.nothingApproved,
          "Approving nothing of \(requested) is no approval. DenyRefund refuses a refund.",
          ["requested": requested])
      case .notPayableExactly(let refusal, let payment, let nearest):
        Explanation(
          "R3", RefundRefusal.notPayableExactly,
          "\(refusal.sentence), which is what would go back by the payment \(payment). "
            + (nearest.amount > 0
              ? "The nearest that can be approved is \(nearest)."
              : "No smaller amount can be paid either: deny the refund, or give store credit."),
          [
            "amount": refusal.money, "payment": payment, "provider": refusal.provider,
            "nearest": nearest,
          ])
      }
    }
  }
}
