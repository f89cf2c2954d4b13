// Why a command about a return is refused. Each group of rules has its cases, with their words
// beside them, in a file of its own: ReturnRejection+….swift.

public import Events

/// V1 to V4, P1, C3, and the tables of a return's states.
public enum ReturnRejection: Rejection, RejectionWithinCase {
  case unknownReturn(ReturnID)
  case alreadyRequested(ReturnID)
  case notPossible(Command, status: Return.Status)
  case noOpenCase(NoOpenCase)
  case belonging(Belonging)
  case units(Units)
  case eligibility(Eligibility)
  case sending(Sending)
  case inspection(Inspection)
  case amounts(Amounts)
  case credit(Credit)
  case wordsTooLong(byteCount: Int)

  public var explanation: Explanation {
    switch self {
    case .unknownReturn(let id):
      Explanation(
        "V1", SharedRefusal.unknownReturn, "There is no return \(id). RequestReturn requests one.",
        ["return": id])
    case .alreadyRequested(let id):
      Explanation(
        "V1", ReturnRefusal.returnAlreadyRequested,
        "The return \(id) is requested already. Another needs another id.", ["return": id])
    case .notPossible(let command, let status):
      Explanation(
        "Return states", "return", command, startsFrom: command.statuses, not: status)
    case .wordsTooLong(let byteCount):
      Explanation(
        "Returns", ReturnRefusal.wordsTooLong,
        "The descriptions of the lines' reasons (lines[].reason.description) have \(byteCount) "
          + "bytes together, each with its line's id; at most \(Return.wordsByteCountMax) (16 KiB) "
          + "are allowed. Write less, or attach longer texts to the case as evidence.",
        ["bytes": byteCount, "most": Return.wordsByteCountMax])
    case .noOpenCase(let it):
      it.explanation(
        rule: "V1", need: "; a return needs a case that is open or in progress.",
        belonging: " A return belongs to the order of its case.")
    case .belonging(let it): it.explanation
    case .units(let it): it.explanation
    case .eligibility(let it): it.explanation
    case .sending(let it): it.explanation
    case .inspection(let it): it.explanation
    case .amounts(let it): it.explanation
    case .credit(let it): it.explanation
    }
  }
}

extension ReturnRejection {
  /// The commands that a return's state can forbid.
  public enum Command: String, CaseIterable, Sendable {
    case approve = "ApproveReturn"
    case reject = "RejectReturn"
    case cancel = "CancelReturn"
    case ship = "RecordReturnShipped"
    case expire = "ExpireReturn"
    case receive = "RecordReturnReception"
    case inspect = "InspectReturn"
    case complete = "CompleteReturn"

    /// The states that the command starts from (rule book, Return).
    public var statuses: [Return.Status] {
      switch self {
      case .approve, .reject: [.requested]
      case .cancel: [.requested, .approved]
      case .ship, .expire: [.approved]
      case .receive: [.approved, .inTransit]
      case .inspect: [.received]
      case .complete: [.inspected]
      }
    }
  }
}
