// Which refunds and returns have units of a line, for refusals to name (R1, V1).

import EventSourcing
public import Events

/// The units of a line that are not free, by what has them.
public struct UnitsInUse: Equatable, Sendable {
  /// Paid back.
  public var refunded: Int
  /// By refunds that are not paid yet.
  public var refunds: [RefundID: Int]
  /// By returns.
  public var returns: [ReturnID: Int]
  /// That came back or were lost on the way: free for a refund, and for no other return.
  public var sentBack: Int

  public init(
    refunded: Int = 0, refunds: [RefundID: Int] = [:], returns: [ReturnID: Int] = [:],
    sentBack: Int = 0
  ) {
    (self.refunded, self.refunds) = (refunded, refunds)
    (self.returns, self.sentBack) = (returns, sentBack)
  }

  /// The end of a sentence, such as `: 2 are refunded, 4 are in return ret_1`; empty where all are
  /// free.
  var clause: String { self == UnitsInUse() ? "" : ": \(words)" }

  /// Such as `2 are refunded, 4 are in return ret_1`; names the first two of each kind, so that it
  /// fits a fact.
  var words: String {
    func named(_ units: [String: Int], _ kind: String) -> [String] {
      let sorted = units.sorted { $0.key < $1.key }
      let rest = sorted.dropFirst(2).reduce(0) { $0 + $1.value }
      return sorted.prefix(2).map { "\(Self.are($0.value)) in \(kind) \($0.key)" }
        + (rest > 0 ? ["\(Self.are(rest)) in other \(kind)s"] : [])
    }
    var words = refunded > 0 ? ["\(Self.are(refunded)) refunded"] : []
    words += named(Self.byName(refunds), "refund")
    words += named(Self.byName(returns), "return")
    if sentBack > 0 { words.append("\(sentBack) came back or were lost") }
    return words.isEmpty ? "none" : words.joined(separator: ", ")
  }

  private static func byName(_ units: [some Identifier: Int]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: units.map { ($0.key.rawValue, $0.value) })
  }

  private static func are(_ count: Int) -> String { count == 1 ? "1 is" : "\(count) are" }
}

extension Order {
  /// What has units of a line, so that they are not there for a refund, or for a return.
  func unitsInUse(of line: Line, forReturn: Bool) -> UnitsInUse {
    var reserved: [RefundID: Int] = [:]
    for (refund, reservation) in reservations {
      for units in reservation.lines where units.lineID == line.lineID {
        reserved[refund, default: 0] += units.quantity
      }
    }
    return UnitsInUse(
      refunded: line.units.taken - reserved.values.reduce(0, +), refunds: reserved,
      returns: returns.compactMapValues { $0[line.lineID] }, sentBack: forReturn ? line.spent : 0)
  }
}
