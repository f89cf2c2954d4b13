// A return as another policy would have it: the same course, with what that policy decided at the
// request. P2: it keeps that decision, so its fees and its approval follow from it to the end.

public import Events

extension Return {
  /// This return with another decision about its request, for the same lines.
  ///
  /// - Returns: the same approvals, receptions and inspections, with the amounts that the other
  ///   decision's fees lead to (V3).
  public func decided(as request: ReturnRequested) -> Return {
    var other = self
    other.header?.policy = request.policy
    other.header?.isAutoApproved = request.autoApprove
    let actions = Dictionary(
      request.lines.map { ($0.lineID, $0.decision.action) }, uniquingKeysWith: { first, _ in first }
    )
    for index in other.lines.indices {
      if let action = actions[other.lines[index].lineID] { other.lines[index].action = action }
    }
    other.finalRefund = finalRefund.flatMap { found in
      ReturnAmount(
        of: found.items,
        found.items.map { item in
          ReturnedUnits(
            lineID: item.lineID, quantity: item.quantity,
            action: actions[item.lineID] ?? PolicyAction(eligible: true))
        })
    }
    if awaitedRefund != nil { other.awaitedRefund = other.finalRefund?.amount }
    return other
  }
}
