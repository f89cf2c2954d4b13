// R4: a refund is approved up to the delivery date plus the return window, in the tenant's calendar
// days. For a refund of a return the day counts on which the return was requested.

import Domain
import EventSourcing
import Events

struct ApprovalWindow: Control {
  static let id = "approval-window"
  static let statement = """
    Every refund was approved inside the return window that was in force, in the tenant's days.
    """
  static let rules = ["R4"]

  /// On which day each return was requested.
  private var requestDays = SpillingDictionary<ReturnID, CalendarDate>()

  mutating func examine(
    _ recorded: RecordedEvent, in commit: AuditedCommit, _ examination: inout Examination
  ) {
    if case .return(.returnRequested(let event)) = recorded.event {
      requestDays.set(event.returnID, to: commit.facts.today)
    }
    if case .refund(.refundApproved(let event)) = recorded.event {
      examination.begin()
      examine(event, at: recorded.position, commit, &examination)
    }
  }

  mutating func spill(into file: SpillFile) throws { try requestDays.spill(into: file) }

  private mutating func examine(
    _ event: RefundApproved, at position: Position, _ commit: AuditedCommit,
    _ examination: inout Examination
  ) {
    let (before, facts) = (commit.before, commit.facts)
    let refund = before.refund(event.refundID)
    guard let delivered = refund.orderID.flatMap({ before.order($0).deliveredAt }) else {
      examination.find(
        "refund \(event.refundID) was approved, and its order had no delivery date", at: position)
      return
    }
    let settings = facts.tenant.settings
    let requestDay = refund.returnID.flatMap { requestDays[$0] }
    let deliveryDate = facts.dateOf(delivered)
    let lastDay = deliveryDate.advanced(byDays: settings.returnWindowDays)
    let day = min(facts.today, requestDay ?? facts.today)
    examination.require(
      day <= lastDay,
      """
      refund \(event.refundID) was approved as of \(day), and the last day was \(lastDay): \
      delivery on \(deliveryDate) and \(settings.returnWindowDays) days in \(settings.timeZone)
      """, at: position)
    let named = event.facts
    examination.require(
      named.today == facts.today && named.deliveryDate == deliveryDate
        && named.returnWindowDays == settings.returnWindowDays && named.lastDay == lastDay
        && named.timeZone == settings.timeZone,
      """
      the approval of refund \(event.refundID) names today \(named.today), delivery \
      \(named.deliveryDate) and last day \(named.lastDay) in \(named.timeZone), and the history \
      says \(facts.today), \(deliveryDate) and \(lastDay) in \(settings.timeZone)
      """, at: position)
  }
}
