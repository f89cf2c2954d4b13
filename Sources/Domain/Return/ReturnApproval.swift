// Approving, rejecting, shipping and expiring a return (R5, V1).

import EventSourcing
public import Events

extension Return {
  /// Approves a return: the customer sends the items before the tenant's expiry days are over.
  ///
  /// - Parameter vetoes: what persons refused of the order.
  public static func approve(
    _ command: ApproveReturn, return returnState: Return, vetoes: [Veto], facts: Facts
  ) throws(ReturnRejection) -> Decision {
    let header = try returnState.checkPossible(.approve, command.returnID)
    // R5: an actor that is no person approves by policy, so every line's action must say so.
    guard facts.actor.kind == .agent || header.isAutoApproved else {
      throw .sending(.notByPolicy(facts.actor, header.policy))
    }
    if let veto = vetoes.first(on: returnState.lines.parts, for: command.returnID) {
      throw .sending(.vetoed(veto, facts.actor))
    }
    return .events([
      .returnApproved(
        ReturnApproved(
          returnID: command.returnID, approvedBy: facts.actor,
          expiresAt: header.method == .keepItem ? nil : facts.approvalEnd, note: command.note))
    ])
  }

  /// Rejects a return, and frees its units (V1).
  public static func reject(
    _ command: RejectReturn, return returnState: Return, order: Order, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    _ = try returnState.checkPossible(.reject, command.returnID)
    return .events(
      [
        .returnRejected(
          ReturnRejected(
            returnID: command.returnID, rejectedBy: facts.actor, reason: command.reason))
      ] + order.freeingAll(of: command.returnID))
  }

  /// Records that the items are on their way.
  public static func recordShipped(
    _ command: RecordReturnShipped, return returnState: Return, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    _ = try returnState.checkPossible(.ship, command.returnID, by: facts)
    guard !returnState.isKept else { throw .sending(.itemsAreKept(command.returnID)) }
    return .events([
      .returnShipped(
        ReturnShipped(
          returnID: command.returnID, carrier: command.carrier,
          trackingNumber: command.trackingNumber))
    ])
  }

  /// Expires a return that was approved and not shipped in time, and frees its units (V1).
  public static func expire(
    _ command: ExpireReturn, return returnState: Return, order: Order, facts: Facts
  ) throws(ReturnRejection) -> Decision {
    guard let status = returnState.status else { throw .unknownReturn(command.returnID) }
    switch status {
    case .requested: throw .notPossible(.expire, status: status)
    case .approved: break
    case .expired: return .unchanged(reason: "The return is expired already.")
    case .inTransit, .received, .inspected, .completed, .rejected, .cancelled:
      return .unchanged(
        reason: "The items are not waited for: the return is \(status.rawValue).")
    }
    guard let expiresAt = returnState.expiresAt else {
      throw .sending(.itemsAreKept(command.returnID))
    }
    if !returnState.linesThatCame.isEmpty {
      return .unchanged(reason: "Some of the items came already.")
    }
    guard facts.now >= expiresAt else {
      throw .sending(.notExpiredYet(command.returnID, expiresAt: expiresAt, now: facts.now))
    }
    return .events(
      [.returnExpired(ReturnExpired(returnID: command.returnID, expiresAt: expiresAt))]
        + order.freeingAll(of: command.returnID))
  }
}

extension Facts {
  /// When an approval of now ends.
  fileprivate var approvalEnd: Timestamp {
    let days = Int64(tenant.returnSettings.expiryDays) * 86_400_000_000
    let end = Timestamp(microseconds: now.microseconds + days)
    return min(end, Timestamp.range.upperBound)
  }
}
