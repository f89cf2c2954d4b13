// A line of a return: what came of it, what an inspection says of it, and how many units are at
// stake.

import EventSourcing
public import Events

extension Return {
  /// What came of a line.
  public enum LineReception: String, CaseIterable, Hashable, Sendable, Codable {
    case awaiting, received
    case shortShipped = "short_shipped"
    case lostInTransit = "lost_in_transit"
  }

  /// What an inspection says of a line.
  public enum LineAcceptance: String, CaseIterable, Hashable, Sendable, Codable {
    case pending, accepted, rejected
    case manualReview = "manual_review"
  }

  /// A line with its reception and its acceptance.
  public struct Line: Equatable, Sendable, Codable {
    public var lineID: LineID
    /// Units that were announced.
    public var quantity: Int
    /// What the policy said of it when the return was requested (P2).
    public var action: PolicyAction
    public var reasonCode: String
    public var reception = LineReception.awaiting
    public var receivedQuantity = 0
    public var acceptance = LineAcceptance.pending
    public var acceptedQuantity = 0

    init(_ line: Events.ReturnLine) {
      lineID = line.lineID
      quantity = line.quantity
      action = line.decision.action
      reasonCode = line.reason.code
    }

    /// The most units that an inspection can accept: what came, and what was lost on the way, which
    /// is not the customer's fault.
    var acceptableQuantity: Int {
      switch reception {
      case .awaiting: 0
      case .received, .shortShipped: receivedQuantity
      case .lostInTransit: quantity
      }
    }

    /// Whether the inspection is through with it; there may be nothing to look at.
    var isDecided: Bool {
      switch acceptance {
      case .accepted, .rejected: true
      case .manualReview: false
      case .pending: reception != .awaiting && acceptableQuantity == 0
      }
    }

    /// Whether an inspection did not accept all of what it could.
    var isRefused: Bool {
      switch acceptance {
      case .accepted: acceptedQuantity < acceptableQuantity
      case .rejected: true
      case .pending, .manualReview: false
      }
    }

    /// Units that money is still due for, or may become due: before the inspection all that may
    /// still come, then what was accepted.
    var claimedQuantity: Int {
      switch (acceptance, reception) {
      case (.accepted, _): acceptedQuantity
      case (.rejected, _): 0
      case (_, .awaiting): quantity
      default: acceptableQuantity
      }
    }
  }

  mutating func receive(_ event: ReturnLinesReceived) throws(InconsistentHistory) {
    for report in event.lines {
      let index = try index(of: report.lineID)
      try require(lines[index].reception == .awaiting, "line \(report.lineID) came twice")
      let sent = lines[index].quantity
      try require(
        report.reception == .received ? report.quantity == sent : report.quantity < sent,
        "another quantity than \(report.reception.rawValue) says")
      lines[index].reception = report.reception.asState
      lines[index].receivedQuantity = report.quantity
    }
    let isComplete = lines.allSatisfy { $0.reception != .awaiting }
    try require(isComplete == event.complete, "lines are missing from a complete reception")
    if isComplete { status = .received }
  }

  mutating func inspect(_ event: ReturnLinesInspected) throws(InconsistentHistory) {
    for report in event.lines {
      let index = try index(of: report.lineID)
      try require(!lines[index].isDecided, "line \(report.lineID) inspected twice")
      let most = lines[index].acceptableQuantity
      try require(
        report.acceptance == .accepted
          ? (1...max(1, most)).contains(report.quantity) && most > 0 : report.quantity == 0,
        "another quantity accepted than could be")
      lines[index].acceptance = report.acceptance.asState
      lines[index].acceptedQuantity = report.quantity
    }
  }

  private func index(of lineID: LineID) throws(InconsistentHistory) -> Int {
    try unwrap(lines.firstIndex { $0.lineID == lineID }, "an unknown line \(lineID)")
  }
}

extension Reception {
  var asState: Return.LineReception {
    switch self {
    case .received: .received
    case .shortShipped: .shortShipped
    case .lostInTransit: .lostInTransit
    }
  }
}

extension Acceptance {
  var asState: Return.LineAcceptance {
    switch self {
    case .accepted: .accepted
    case .rejected: .rejected
    case .manualReview: .manualReview
    }
  }
}
