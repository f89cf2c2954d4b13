// Requesting and cancelling a return (V1–V3, P1, P2, C3).

import EventSourcing
public import Events

extension Return {
  /// Requests a return: holds the units (V1), checks the policy (V2), and computes what the items
  /// come to (V3).
  ///
  /// - Precondition: the caller has made up an id where the sender gave none.
  public static func request(
    _ command: RequestReturn, return returnState: Return, case supportCase: SupportCase,
    order: Order,
    customer: Customer, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    let returnID = assigned(command.returnID)
    guard returnState.header == nil else { throw .alreadyRequested(returnID) }
    // C3: case, order and customer belong together.
    let header = try supportCase.requireOpen(
      command.caseID, about: order, command.orderID, by: facts, throwing: ReturnRejection.self
    ) { header throws(ReturnRejection) in
      guard facts.mayActFor(header.customerID) else {
        throw .belonging(.anotherCustomersOrder(command.orderID))
      }
    }
    // V1: quantities as R1, shared with refunds and other returns.
    try order.checkReturnable(command.lines, header)
    // V2: eligibility by the policy that is active.
    let policy = try facts.policyOfReturns()
    let asked = ReturnFacts(order: order, header: header, customer: customer, facts: facts)
    let lines = try asked.lines(of: command.lines, under: policy)
    let method = try method(command.returnMethod, lines, facts)
    // V3: what the items come to.
    let units = lines.map {
      ReturnedUnits(lineID: $0.lineID, quantity: $0.quantity, action: $0.decision.action)
    }
    guard let estimate = order.returnAmount(units) else {
      throw .amounts(.amountTooLarge(header.currency))
    }
    let words = command.customerWords
    if let byteCount = words?.utf8.count, byteCount > wordsByteCountMax {
      throw .wordsTooLong(byteCount: byteCount)
    }
    let requested = ReturnRequested(
      returnID: returnID, caseID: command.caseID, orderID: command.orderID,
      customerID: header.customerID, currency: header.currency,
      channel: command.channel ?? facts.actor.kind.channel, returnMethod: method, lines: lines,
      customerWords: words, policy: policy.reference,
      autoApprove: lines.allSatisfy { $0.decision.action.autoApprove == true },
      purchaseDate: facts.dateOf(header.placedAt),
      deliveryDate: order.deliveredAt.map(facts.dateOf),
      timeZone: facts.tenant.settings.timeZone, estimatedRefund: estimate,
      submittedBy: facts.actor)
    let held = OrderUnitsHeld(
      orderID: command.orderID, returnID: returnID,
      lines: lines.map { LineUnits(lineID: $0.lineID, quantity: $0.quantity) })
    return .events([
      .returnRequested(requested), .orderUnitsHeld(held),
      .caseReturnRequested(CaseReturnRequested(caseID: command.caseID, returnID: returnID)),
    ])
  }

  /// What a customer writes of all lines is at most as long as a message.
  public static let wordsByteCountMax = SupportCase.messageByteCountMax

  /// The policy's method, or else the one that is asked for.
  private static func method(
    _ asked: ReturnMethod?, _ lines: [ReturnLine], _ facts: Facts
  ) throws(ReturnRejection) -> ReturnMethod {
    var methods = Set(lines.compactMap(\.decision.action.returnMethod))
    let isAllNamed = lines.allSatisfy { $0.decision.action.returnMethod != nil }
    // Neither a customer nor an agent, who has a limit (R5), decides that items are kept.
    let mayLetKeep = facts.actor.kind != .customer && facts.role != .agent
    if methods.contains(.keepItem), !isAllNamed, !(asked == .keepItem && mayLetKeep) {
      // Nor on what the policy says of another item.
      methods.insert(.customerShips)
    }
    guard methods.count <= 1 else {
      throw .eligibility(.methodsDiffer(ReturnMethod.allCases.filter(methods.contains)))
    }
    if let method = methods.first {
      guard asked == nil || asked == method else {
        throw .eligibility(.anotherMethod(asked: asked, is: method))
      }
      return method
    }
    guard asked != .keepItem || mayLetKeep else { throw .eligibility(.mayNotKeep) }
    return asked ?? .customerShips
  }

  /// Withdraws a return that was not shipped, and frees its units (V1).
  public static func cancel(
    _ command: CancelReturn, return returnState: Return, order: Order, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    _ = try returnState.checkPossible(.cancel, command.returnID, by: facts)
    try returnState.requireNotRefunded()
    guard returnState.linesThatCame.isEmpty else {
      throw .sending(.itemsCameAlready(command.returnID, returnState.linesThatCame))
    }
    return .events(
      [
        .returnCancelled(
          ReturnCancelled(
            returnID: command.returnID, cancelledBy: facts.actor, reason: command.reason))
      ] + order.freeingAll(of: command.returnID))
  }

  /// The return exists, and is in a state that the command starts from.
  func checkPossible(
    _ command: ReturnRejection.Command, _ returnID: ReturnID, by facts: Facts? = nil
  ) throws(ReturnRejection) -> Header {
    guard let header, let status else { throw .unknownReturn(returnID) }
    // Before the status, which is not another customer's to know.
    guard facts?.mayActFor(header.customerID) ?? true else {
      throw .belonging(.anotherCustomersReturn(returnID))
    }
    guard command.statuses.contains(status) else { throw .notPossible(command, status: status) }
    return header
  }
}

extension RequestReturn {
  /// What the customer wrote of the lines, as ``ReturnRequested`` has it: a paragraph for each
  /// line.
  public var customerWords: String? {
    let paragraphs = lines.compactMap { line in
      line.reason.description.map { "\(line.lineID): \($0)" }
    }
    return paragraphs.isEmpty ? nil : paragraphs.joined(separator: "\n")
  }
}

extension Actor.Kind {
  fileprivate var channel: ReturnChannel {
    switch self {
    case .customer: .customer
    case .agent: .merchant
    case .service, .system: .api
    }
  }
}
