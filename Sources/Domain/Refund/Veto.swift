// R5: what a person refused of an order. A policy leaves it to people, also when it is asked for
// again: as another refund, as another return, or as store credit.

import EventSourcing
public import Events

/// A person's decision to give nothing for parts of an order; only a person decides otherwise.
public struct Veto: Hashable, Sendable {
  /// What a person decided.
  public enum Decision: Hashable, Sendable {
    /// A refund was denied.
    case denial(RefundID)
    /// A return was rejected before anything was sent.
    case rejection(ReturnID)
    /// A return was completed with nothing.
    case nothing(ReturnID)
    /// An inspection did not accept all units that came.
    case inspection(ReturnID)
  }

  public var decision: Decision
  var parts: Order.Parts

  /// Whether it is about what is to be given now.
  ///
  /// - Parameter returnID: the return that it is to be given for. Units that came back once are in
  ///   no other return (V1), and what an inspection accepted of them its own return gives.
  func concerns(_ parts: Order.Parts, for returnID: ReturnID?) -> Bool {
    switch decision {
    case .denial, .rejection: self.parts.overlap(parts)
    case .nothing(let id): returnID ?? id == id && self.parts.overlap(parts)
    case .inspection: returnID == nil && self.parts.overlap(parts)
    }
  }
}

extension Order {
  /// Parts of an order. Without lines, as for goodwill and for shipping alone, they overlap with
  /// all others.
  struct Parts: Hashable, Sendable, Codable {
    var lines: Set<LineID> = []
    var hasShipping = false

    func overlap(_ other: Parts) -> Bool {
      lines.isEmpty || other.lines.isEmpty || !lines.isDisjoint(with: other.lines)
        || hasShipping && other.hasShipping
    }
  }
}

extension Order.Reservation {
  var parts: Order.Parts {
    Order.Parts(lines: Set(lines.map(\.lineID)), hasShipping: shipping > 0)
  }
}

extension [Return.Line] {
  var parts: Order.Parts { Order.Parts(lines: Set(map(\.lineID))) }
}

extension ReturnAmount {
  var parts: Order.Parts { Order.Parts(lines: Set(items.map(\.lineID))) }
}

extension Aggregates {
  /// What persons refused of an order: returns first, then refunds.
  ///
  /// - Returns: an empty list where the actor is a person, who may decide otherwise.
  func vetoes(on order: Order, _ facts: Facts) throws -> [Veto] {
    guard facts.approvesByPolicy else { return [] }
    let ofReturns = try order.returnIDs.sorted().compactMap { try self.return($0).veto }
    let denials = try order.withdrawnRefunds.sorted { $0.key < $1.key }
      .filter { try refund($0.key).isDeniedByPerson }
      .map { Veto(decision: .denial($0.key), parts: $0.value) }
    return ofReturns + denials
  }
}

extension [Veto] {
  /// The first one that is about what is to be given.
  func first(on parts: Order.Parts, for returnID: ReturnID?) -> Veto.Decision? {
    first { $0.concerns(parts, for: returnID) }?.decision
  }
}

extension Return {
  /// What a person refused of it. The events do not say who completed or inspected a return, so
  /// both count as done by a person.
  fileprivate var veto: Veto? {
    guard let id = header?.returnID else { return nil }
    func veto(_ decision: Veto.Decision, _ lines: [Line]) -> Veto? {
      lines.isEmpty ? nil : Veto(decision: decision, parts: lines.parts)
    }
    if isRejectedByPerson { return veto(.rejection(id), lines) }
    if isCompletedWithNothing { return veto(.nothing(id), lines) }
    return veto(.inspection(id), lines.filter(\.isRefused))
  }
}

extension Veto.Decision {
  /// Why a policy does not approve something for the same parts of the order.
  func explanation(for approver: Actor) -> Explanation {
    let advice = " of this order. An agent or an admin may still approve this."
    return switch self {
    case .denial(let id):
      Explanation(
        "R5", RefundRefusal.notByPolicyAfterDenial,
        "\(approver) approves by policy, and a person denied the refund \(id)" + advice,
        ["approver": approver, "refund": id])
    case .rejection(let id):
      Explanation(
        "R5", RefundRefusal.notByPolicyAfterRejection,
        "\(approver) approves by policy, and a person rejected the return \(id)" + advice,
        ["approver": approver, "return": id])
    case .nothing(let id):
      Explanation(
        "R5", RefundRefusal.notByPolicyAfterNothing,
        "\(approver) approves by policy, and nothing was given for the return \(id)" + advice,
        ["approver": approver, "return": id])
    case .inspection(let id):
      Explanation(
        "R5", RefundRefusal.notByPolicyAfterInspection,
        "\(approver) approves by policy, and an inspection did not accept all of the return \(id)"
          + advice,
        ["approver": approver, "return": id])
    }
  }
}
