// Why a command about a case is refused.

public import EventSourcing
public import Events

/// C1 to C5.
public enum CaseRejection: Rejection {
  case unknownCase(CaseID)
  case alreadyOpened(CaseID)
  case cannotOwn(AgentID, role: AgentRole?)
  case stage(Stage)
  case opening(Opening)
  case end(End)

  public var explanation: Explanation {
    switch self {
    case .unknownCase(let id):
      Explanation(
        "C1", SharedRefusal.unknownCase, "There is no case \(id). OpenCase opens one.", ["case": id]
      )
    case .alreadyOpened(let id):
      Explanation(
        "C1", CaseRefusal.caseAlreadyOpened,
        "The case \(id) is opened already. Another needs another id.",
        ["case": id])
    case .cannotOwn(let agent, let role):
      Explanation(
        "C4", CaseRefusal.cannotOwnCases,
        "\(agent) cannot own a case: "
          + (role.map { "the role is \($0.rawValue)" } ?? "no agent of that name works here")
          + ". An owner is one of the tenant's agents or admins.",
        ["agent": agent, "role": role?.rawValue ?? "none"])
    case .stage(let it): it.explanation
    case .opening(let it): it.explanation
    case .end(let it): it.explanation
    }
  }
}

extension CaseRejection {
  /// C1: the stage that the case is in.
  public enum Stage: Equatable, Sendable {
    case closed(CaseID)
    case notByChangingStatus(from: CaseStatus, to: CaseStatus)
    case notInProgress(CaseID, status: CaseStatus)
    case notResolved(CaseID, status: CaseStatus)
    case outsideReopenWindow(resolvedOn: CalendarDate, lastDay: CalendarDate, today: CalendarDate)

    var explanation: Explanation {
      switch self {
      case .closed(let id):
        Explanation(
          "C1", SharedRefusal.caseClosed,
          "The case \(id) is closed, which is final. OpenCase opens another.",
          ["case": id])
      case .notByChangingStatus(let from, let to):
        Explanation(
          "C1", CaseRefusal.notByChangingStatus,
          "A case that is \(from.rawValue) does not become \(to.rawValue) by changing its status. "
            + Self.rightWay(from: from, to: to),
          ["from": from.rawValue, "to": to.rawValue])
      case .notInProgress(let id, let status):
        Explanation(
          "C1", CaseRefusal.caseNotInProgress,
          "The case \(id) is \(status.rawValue); only a case in progress can be resolved. "
            + (status.stage == .open
              ? "AssignCase or ChangeCaseStatus starts it." : "ReopenCase takes it up again."),
          ["case": id, "status": status.rawValue])
      case .notResolved(let id, let status):
        Explanation(
          "C1", CaseRefusal.caseNotResolved,
          "The case \(id) is \(status.rawValue); only a resolved case can be reopened or closed. "
            + "ResolveCase resolves it.",
          ["case": id, "status": status.rawValue])
      case .outsideReopenWindow(let resolvedOn, let lastDay, let today):
        Explanation(
          "C1", CaseRefusal.outsideReopenWindow,
          "The case was resolved on \(resolvedOn) and could be reopened until \(lastDay); "
            + "today is \(today). OpenCase opens another.",
          ["resolvedOn": resolvedOn, "lastDay": lastDay, "today": today])
      }
    }
  }

  /// C2: the customer and the order of a case.
  public enum Opening: Equatable, Sendable {
    case anotherCustomersCase(CustomerID)
    case orderNotRecorded(OrderID)
    case orderOfAnotherCustomer(OrderID, given: CustomerID)
    case notOfTheOrder(field: String, given: String, recorded: String?)

    var explanation: Explanation {
      switch self {
      case .anotherCustomersCase(let customer):
        Explanation(
          "C2", SharedRefusal.anotherCustomersCase,
          "A customer opens cases of their own only; this one is for \(customer).",
          ["customer": customer])
      case .orderNotRecorded(let order):
        Explanation(
          "C2", CaseRefusal.orderNotRecorded,
          "There is no order \(order). RecordOrder mirrors it before a case can be about it.",
          ["order": order])
      case .orderOfAnotherCustomer(let order, let given):
        Explanation(
          "C2", SharedRefusal.orderOfAnotherCustomer,
          "The order \(order) was not placed by \(given). Only its own customer has cases about "
            + "it.",
          ["order": order, "customer": given])
      case .notOfTheOrder(let field, let given, let recorded):
        Explanation(
          "C2", CaseRefusal.notOfTheOrder,
          "\(field) \(given) is not the order's: "
            + (recorded.map { "the order has \($0). " } ?? "the order has none. ")
            + "Leave it out, and the case has what its order has.",
          ["field": field, "given": given, "recorded": recorded ?? "none"])
      }
    }
  }

  /// C5, B1: what keeps a case from its end.
  public enum End: Equatable, Sendable {
    case refundUnderWay(RefundID, status: Refund.Status)
    case returnUnderWay(ReturnID, status: Return.Status)
    case nothingRefunded(CaseID)
    case chargebackUnderWay(ChargebackID, status: Chargeback.Status)

    var explanation: Explanation {
      switch self {
      case .refundUnderWay(let refund, let status):
        Explanation(
          "C5", CaseRefusal.refundUnderWay,
          "The refund \(refund) of this case is \(status.rawValue). "
            + "The case can be resolved once it is executed or cancelled.",
          ["refund": refund, "status": status.rawValue])
      case .returnUnderWay(let id, let status):
        Explanation(
          "C5", CaseRefusal.returnUnderWay,
          "The return \(id) of this case is \(status.rawValue), and its money needs an open case "
            + "(C3). The case can be resolved once the return has ended and its refund is "
            + "requested.",
          ["return": id, "status": status.rawValue])
      case .nothingRefunded(let id):
        Explanation(
          "C5", CaseRefusal.nothingRefunded,
          "No refund of the case \(id) is executed, so it is not refunded. "
            + "Resolve it otherwise, or execute a refund first.",
          ["case": id])
      case .chargebackUnderWay(let id, let status):
        Explanation(
          "B1", CaseRefusal.chargebackUnderWay,
          "The chargeback \(id) of this case is \(status.rawValue), and a closed case takes no "
            + "evidence for it. RecordChargebackOutcome ends it.",
          ["chargeback": id, "status": status.rawValue])
      }
    }
  }
}

extension CaseRejection.Stage {
  fileprivate static func rightWay(from: CaseStatus, to: CaseStatus) -> String {
    if from.stage == .resolved, to.stage != .closed {
      return "ReopenCase takes it up again."
    }
    return switch to.stage {
    case .open: "No case goes back to open."
    case .inProgress: "ReopenCase takes it up again."
    case .resolved: "ResolveCase resolves a case in progress."
    case .closed: "CloseCase closes a resolved case."
    }
  }
}
