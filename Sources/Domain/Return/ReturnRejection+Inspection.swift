// Why a report of what came of the lines is refused: V3.

public import Events

extension ReturnRejection {
  /// V3: what came of the lines, and what is accepted of them.
  public enum Inspection: Equatable, Sendable {
    case lineNotReturned(LineID, returned: [LineID])
    case receptionKnown(LineID, Return.LineReception)
    case notAllReceived(LineID, came: Int, announced: Int)
    case nothingMissing(LineID, came: Int, announced: Int)
    case nothingToInspect(LineID)
    case inspectedAlready(LineID, Return.LineAcceptance)
    case acceptedOutOfRange(LineID, accepted: Int, most: Int)
    case acceptedInPart(LineID, Acceptance)
    case dispositionDoesNotFit(LineID, Disposition, came: Int)

    var explanation: Explanation {
      switch self {
      case .lineNotReturned(let line, let returned):
        Explanation(
          "V3", ReturnRefusal.lineNotReturned,
          "The return has no line \(line); it has "
            + "\(returned.map(\.rawValue).joined(separator: ", ")).",
          ["line": line])
      case .receptionKnown(let line, let reception):
        Explanation(
          "Return states", ReturnRefusal.receptionKnown,
          "What came of line \(line) is recorded already: \(reception.rawValue).",
          ["line": line, "reception": reception.rawValue])
      case .notAllReceived(let line, let came, let announced):
        Explanation(
          "V3", ReturnRefusal.notAllReceived,
          "\(came) units of line \(line) came and \(announced) were announced; what is missing is "
            + "short_shipped or lost_in_transit.",
          ["line": line, "came": came, "announced": announced])
      case .nothingMissing(let line, let came, let announced):
        Explanation(
          "V3", ReturnRefusal.nothingMissing,
          "\(came) units of line \(line) came and \(announced) were announced; nothing is missing, "
            + "so it is received.",
          ["line": line, "came": came, "announced": announced])
      case .nothingToInspect(let line):
        Explanation(
          "V3", ReturnRefusal.nothingToInspect,
          "Nothing came of line \(line), so nothing is to be inspected.",
          ["line": line])
      case .inspectedAlready(let line, let acceptance):
        Explanation(
          "Return states", ReturnRefusal.inspectedAlready,
          "Line \(line) is \(acceptance.rawValue) already.",
          ["line": line, "acceptance": acceptance.rawValue])
      case .acceptedOutOfRange(let line, let accepted, let most):
        Explanation(
          "V3", ReturnRefusal.acceptedOutOfRange,
          "\(accepted) units of line \(line) cannot be accepted; 1 to \(most) can.",
          ["line": line, "accepted": accepted, "most": most])
      case .acceptedInPart(let line, let acceptance):
        Explanation(
          "V3", ReturnRefusal.acceptedInPart,
          "Line \(line) is \(acceptance.rawValue), so no unit of it is accepted; accepted with a "
            + "quantity rejects the others.",
          ["line": line, "acceptance": acceptance.rawValue])
      case .dispositionDoesNotFit(let line, let disposition, let came):
        Explanation(
          "V3", ReturnRefusal.dispositionDoesNotFit,
          "Of line \(line) came \(came) units, which \(disposition.rawValue) does not fit: missing "
            + "is what did not come, and nothing else.",
          ["line": line, "disposition": disposition.rawValue, "came": came])
      }
    }
  }
}
