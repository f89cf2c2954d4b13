// What came of a return, and what an inspection says of it (V1, V3, V4).

import EventSourcing
public import Events

extension Return {
  /// Records what came of lines; units that were never sent are free again (V1).
  public static func recordReception(
    _ command: RecordReturnReception, return returnState: Return, order: Order, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    _ = try returnState.checkPossible(.receive, command.returnID)
    guard !returnState.isKept else { throw .sending(.itemsAreKept(command.returnID)) }
    var received: [ReceivedLine] = []
    var notSent: [LineUnits] = []
    for report in command.lines {
      let line = try returnState.line(report.lineID, among: received.map(\.lineID))
      guard line.reception == .awaiting else {
        throw .inspection(.receptionKnown(line.lineID, line.reception))
      }
      let quantity = try report.quantity(of: line)
      received.append(
        ReceivedLine(lineID: line.lineID, reception: report.reception, quantity: quantity))
      if report.reception == .shortShipped {
        notSent.append(LineUnits(lineID: line.lineID, quantity: line.quantity - quantity))
      }
    }
    let named = Set(received.map(\.lineID))
    let rest = returnState.lines.filter { $0.reception == .awaiting && !named.contains($0.lineID) }
    let event = ReturnEvent.returnLinesReceived(
      ReturnLinesReceived(returnID: command.returnID, lines: received, complete: rest.isEmpty))
    let freed = order.freeing(notSent, of: command.returnID, returnable: true)
    return .events(
      [.return(event)] + (freed.map { [$0] } ?? [])
        + (try returnState.after(event).inspection(command.returnID, order)))
  }

  /// Records which units of lines are accepted; the others are free for a refund, and no more for a
  /// return (V1). With the last line it is clear what the return comes to (V3).
  public static func inspect(
    _ command: InspectReturn, return returnState: Return, order: Order, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    _ = try returnState.checkPossible(.inspect, command.returnID)
    var inspected: [InspectedLine] = []
    var refused: [LineUnits] = []
    for report in command.lines {
      let line = try returnState.line(report.lineID, among: inspected.map(\.lineID))
      let result = try report.result(of: line)
      inspected.append(result)
      let rest = line.acceptableQuantity - result.quantity
      if report.acceptance != .manualReview, rest > 0 {
        refused.append(LineUnits(lineID: line.lineID, quantity: rest))
      }
    }
    let event = ReturnEvent.returnLinesInspected(
      ReturnLinesInspected(returnID: command.returnID, lines: inspected))
    let freed = order.freeing(refused, of: command.returnID, returnable: false)
    return .events(
      [.return(event)] + (freed.map { [$0] } ?? [])
        + (try returnState.after(event).inspection(command.returnID, order)))
  }

  private func line(
    _ lineID: LineID, among named: [LineID]
  ) throws(ReturnRejection) -> Line {
    guard !named.contains(lineID) else { throw .units(.lineNamedTwice(lineID)) }
    guard let line = lines.first(where: { $0.lineID == lineID }) else {
      throw .inspection(.lineNotReturned(lineID, returned: lines.map(\.lineID)))
    }
    return line
  }

  private func after(_ event: ReturnEvent) -> Return {
    var next = self
    do { try next.evolve(event) } catch { preconditionFailure(error.reason) }
    return next
  }

  /// The end of the inspection, once everything came or is missing, and every line is decided on.
  private func inspection(
    _ returnID: ReturnID, _ order: Order
  ) throws(ReturnRejection) -> [Event] {
    guard status == .received, lines.allSatisfy(\.isDecided) else { return [] }
    // V3: what they come to, also where a refund in advance holds them for now.
    var free = order
    if case .refund(let refundID) = money { free = order.taking(back: refundID, for: returnID) }
    let amount = try amountDue(returnID, free)
    return [.returnInspected(ReturnInspected(returnID: returnID, finalRefund: amount))]
  }

}

extension ReceptionReport {
  /// All units where everything came, and fewer otherwise.
  fileprivate func quantity(of line: Return.Line) throws(ReturnRejection) -> Int {
    switch reception {
    case .received:
      guard quantity == nil || quantity == line.quantity else {
        throw .inspection(.notAllReceived(lineID, came: quantity ?? 0, announced: line.quantity))
      }
      return line.quantity
    case .shortShipped, .lostInTransit:
      let came = quantity ?? 0
      guard came < line.quantity else {
        throw .inspection(.nothingMissing(lineID, came: came, announced: line.quantity))
      }
      return came
    }
  }
}

extension InspectionReport {
  fileprivate func result(of line: Return.Line) throws(ReturnRejection) -> InspectedLine {
    guard line.acceptableQuantity > 0 else { throw .inspection(.nothingToInspect(lineID)) }
    guard !line.isDecided else { throw .inspection(.inspectedAlready(lineID, line.acceptance)) }
    let accepted: Int
    if acceptance == .accepted {
      accepted = quantity ?? line.acceptableQuantity
      guard (1...line.acceptableQuantity).contains(accepted) else {
        throw .inspection(
          .acceptedOutOfRange(lineID, accepted: accepted, most: line.acceptableQuantity))
      }
    } else {
      accepted = 0
      guard quantity ?? 0 == 0 else { throw .inspection(.acceptedInPart(lineID, acceptance)) }
    }
    let cameNothing = line.receivedQuantity == 0
    if let disposition, (disposition == .missing) != cameNothing {
      throw .inspection(.dispositionDoesNotFit(lineID, disposition, came: line.receivedQuantity))
    }
    return InspectedLine(
      lineID: lineID, acceptance: acceptance, quantity: accepted,
      disposition: disposition ?? (cameNothing ? .missing : nil), condition: condition, note: note)
  }
}
