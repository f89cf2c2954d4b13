// Random commands about returns, possible or not, and what must hold of
// units: V1 says that no unit is in two returns, nor in a return and a refund.

import Domain
import EventSourcing
import Events
import SeededRandom
import Testing

extension RandomHistory {
  /// Requests a return, or submits a command about one.
  mutating func handleReturn() {
    guard let id = returns.randomElement(using: &random), !random.oneIn(4) else {
      return requestReturn()
    }
    let known = story.returns[id] ?? Return()
    let any = ReturnRejection.Command.allCases
    let possible = any.filter { command in
      known.status.map { command.statuses.contains($0) } ?? false
    }
    guard !random.oneIn(4) else { return refund(id) }
    guard let name = (random.oneIn(8) ? any : possible).randomElement(using: &random) else {
      return refund(id)
    }
    // Ends that need nothing sent would be the end of most.
    if [.reject, .cancel, .expire].contains(name), !random.oneIn(3) { return }
    submit(name, known, id)
  }

  private mutating func requestReturn() {
    let id = ReturnID(unchecked: "ret_\(returns.count + 1)")
    var units: [(LineID, Int)] = []
    for line in order.lines.shuffled(using: &random) where units.isEmpty || random.oneIn(3) {
      units.append((line.lineID, Int.random(in: 1...max(1, line.quantity / 2), using: &random)))
    }
    let reason = random.oneIn(2) ? "defective" : "changed_mind"
    if submit(returning(units, reason, as: id)) { returns.append(id) }
  }

  private mutating func submit(
    _ name: ReturnRejection.Command, _ known: Return, _ id: ReturnID
  ) {
    switch name {
    case .approve: submit(approveReturn(id))
    case .reject: submit(.rejectReturn(RejectReturn(returnID: id, reason: "worn")))
    case .cancel: submit(.cancelReturn(CancelReturn(returnID: id)))
    case .ship: submit(.recordReturnShipped(RecordReturnShipped(returnID: id)))
    case .expire: submit(.expireReturn(ExpireReturn(returnID: id)))
    case .receive:
      let lines = known.lines.filter { $0.reception == .awaiting || random.oneIn(10) }
      let reports = lines.map { line -> ReceptionReport in
        let reception: Reception =
          random.oneIn(2) ? .received : random.oneIn(2) ? .shortShipped : .lostInTransit
        let came =
          reception == .received ? nil : Int.random(in: 0...line.quantity, using: &random)
        return ReceptionReport(lineID: line.lineID, reception: reception, quantity: came)
      }
      if let some = reports.randomElement(using: &random), random.oneIn(3) {
        submit(receiving(some, of: id))
      } else {
        submit(
          .recordReturnReception(RecordReturnReception(returnID: id, lines: reports)))
      }
    case .inspect:
      let lines = known.lines.filter {
        $0.acceptance == .pending && $0.receivedQuantity > 0 || $0.reception == .lostInTransit
          || $0.acceptance == .manualReview
      }
      guard let line = lines.randomElement(using: &random) else { return }
      let acceptance: Acceptance =
        random.oneIn(3) ? .rejected : random.oneIn(6) ? .manualReview : .accepted
      let quantity =
        acceptance == .accepted && random.oneIn(2)
        ? Int.random(in: 1...line.quantity, using: &random) : nil
      submit(inspecting(found(line.lineID, acceptance, quantity), of: id))
    case .complete:
      submit(
        complete(
          random.oneIn(2) ? nil : ReturnResolution.allCases.randomElement(using: &random), id))
    }
  }

  /// Asks for the money for a return, rightly or not.
  private mutating func refund(_ id: ReturnID) {
    let held = story.orders["536365"]?.unitsHeld(by: id) ?? []
    guard !held.isEmpty else { return }
    let refundID = RefundID(unchecked: "srf_\(refunds.count + 1)")
    let wrong = random.oneIn(10) ? 1 : 0
    if submit(
      refunding(held.map { ($0.lineID, $0.quantity + wrong) }, of: id, as: refundID))
    {
      refunds.append(refundID)
    }
  }

  /// V1, by what the events say.
  func checkUnits() {
    guard let state = story.orders["536365"] else { return }
    var units: [LineID: Int] = [:]
    for held in ledger.returned.values { units.merge(held, uniquingKeysWith: +) }
    for line in ledger.paid.lazy.flatMap(\.lines) {
      units[line.lineID, default: 0] += line.quantity
    }
    for line in ledger.held.values.lazy.flatMap(\.lines) {
      units[line.lineID, default: 0] += line.quantity
    }
    #expect(
      order.lines.allSatisfy { units[$0.lineID, default: 0] <= $0.quantity },
      "seed \(seed): \(units)")
    for id in returns {
      let held = Dictionary(
        uniqueKeysWithValues: state.unitsHeld(by: id).map { ($0.lineID, $0.quantity) })
      #expect(held == ledger.returned[id, default: [:]].filter { $0.value > 0 }, "seed \(seed)")
      let refunds = ledger.refundsOfReturns[id, default: []]
      #expect(refunds.count <= 1, "seed \(seed): \(id) is refunded by \(refunds)")
      #expect(
        refunds.isEmpty || !ledger.credited.contains(id), "seed \(seed): \(id) is paid twice")
    }
    #expect(state.storeCredit == ledger.storeCredit, "seed \(seed)")
  }
}
