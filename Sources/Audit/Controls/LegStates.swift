// R7 to R10 and the table of a refund's states: what a refund gives back by each payment is a leg
// of its own. Each leg goes from state to state as the rule book allows, an attempt asks only for
// what was not paid or came back, under a key for each leg, and what an event says of the refund
// follows from all of its legs.

import EventSourcing
import Events

struct LegStates: Control {
  static let id = "leg-states"
  static let statement = """
    Every leg of a refund changed as its state allows, each attempt asked only for what was not \
    paid, under its own keys, and the refund's status followed from its legs.
    """
  static let rules = ["R7", "R9", "R10", "Refund states"]

  private var refunds = SpillingDictionary<RefundID, ReckonedLegs>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    guard case .refund(let event) = recorded.event, case .refund(let id) = recorded.event.subject
    else { return }
    var refund = refunds[id] ?? ReckonedLegs()
    guard let faults = refund.take(event, rules: commit.rulesVersion) else { return }
    refunds.set(id, to: refund)
    examination.begin()
    for fault in faults { examination.find("refund \(id) \(fault)", at: recorded.position) }
  }

  mutating func spill(into file: SpillFile) throws { try refunds.spill(into: file) }
}
