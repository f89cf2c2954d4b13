// What events say, in words: a part of a sentence for each, which goes with the event's type and
// actor. Personal texts are left out, so that no reader needs a key. The words of events of cases,
// orders and returns are with their aggregate's name.

import Domain
import Events
import JSON

struct EventWords {
  /// The currency of amounts whose event does not name one; `nil` where none is known.
  let currency: CurrencyCode?

  /// Empty where the event's type says it all.
  func words(of event: Event) -> String {
    switch event {
    case .tenant(let event): event.changeDetail
    case .customer(let event): words(of: event)
    case .privacy(let event): words(of: event)
    case .order(let event): words(of: event)
    case .supportCase(let own): words(of: own) ?? event.reason
    case .refund(let own): words(of: own) ?? event.reason
    case .return(let own): words(of: own) ?? event.reason
    case .hold(let own): words(of: own) ?? event.reason
    case .system(let event): words(of: event)
    case .command(let event): words(of: event)
    }
  }

  func money(_ amount: Int) -> String {
    currency.map { Money(amount, $0).description } ?? "\(amount) minor units"
  }

  /// The parts that there are, as a list.
  func joined(_ parts: String?...) -> String { parts.compactMap(\.self).joined(separator: ", ") }

  private func words(of event: CustomerEvent) -> String {
    switch event {
    case .customerRegistered(let event): "\(event.customerID)"
    case .customerDetailsChanged(let event): "\(event.customerID)"
    case .customerTagsChanged(let event):
      "\(event.customerID) has the tags \(event.tags.joined(separator: ", "))"
    }
  }

  private func words(of event: PrivacyEvent) -> String {
    switch event {
    case .subjectErased(let event): "\(event.subjectID): \(event.reason)"
    case .erasureBlocked(let event):
      "\(event.subjectID) may not be erased, because of case \(event.caseID)"
    case .erasureUnblocked(let event):
      "\(event.subjectID) may be erased, as far as case \(event.caseID) is concerned"
    }
  }

  /// `nil` for an event that says its reason and no more.
  private func words(of event: RefundEvent) -> String? {
    switch event {
    case .refundRequested(let event): "\(money(event.requestedAmount)): \(event.reason)"
    case .refundAmended(let event): "\(money(event.requestedAmount)) instead: \(event.reason)"
    case .refundApproved(let event):
      """
      \(Money(event.approvedAmount, event.currency)) on \(event.facts.today); the last day is \
      \(event.facts.lastDay), \(event.facts.returnWindowDays) days after \(event.facts.deliveryDate)
      """
    case .refundApprovalReset(let event):
      "the approval of \(money(event.approvedAmount)) holds no more"
    case .refundExecutionStarted, .refundLegAccepted, .refundLegSettled, .refundLegFailed,
      .refundLegOutcomeUnknown, .refundLegReturned, .refundRestGivenUp:
      execution(event)
    case .refundExecuted(let event):
      "\(Money(event.amount, event.currency)), reference \(event.settlementReference)"
    case .refundFailed(let event):
      "attempt \(event.attempt), \(event.code.rawValue): \(event.reason)"
    case .refundOutcomeUnknown(let event): "attempt \(event.attempt): \(event.reason)"
    default: nil
    }
  }

  /// Of attempts to pay, leg by leg.
  private func execution(_ event: RefundEvent) -> String? {
    switch event {
    case .refundExecutionStarted(let event):
      "attempt \(event.attempt) to pay \(Money(event.amount, event.currency)) by "
        + parts(event.legs.map { PaymentPart(paymentID: $0.paymentID, amount: $0.amount) })
    case .refundLegAccepted(let event):
      joined(
        "attempt \(event.attempt), payment \(event.paymentID): \(event.reason)",
        event.providerReference.map { "reference \($0)" }, words(of: event.status))
    case .refundLegSettled(let event):
      joined(
        "\(Money(event.amount, event.currency)) by payment \(event.paymentID)",
        event.settled.map {
          "settled as \(Money($0.amount, $0.currency)) at \($0.rate.rawValue)"
        }, "reference \(event.settlementReference)", words(of: event.status))
    case .refundLegFailed(let event):
      joined(
        "attempt \(event.attempt), payment \(event.paymentID), \(event.code.rawValue): "
          + event.reason, words(of: event.status))
    case .refundLegOutcomeUnknown(let event):
      joined(
        "attempt \(event.attempt), payment \(event.paymentID): \(event.reason)",
        words(of: event.status))
    case .refundLegReturned(let event):
      joined(
        "\(Money(event.amount, event.currency)) by payment \(event.paymentID) came back"
          + (event.returnedAt.map { " at \($0)" } ?? "") + ": \(event.reason)",
        words(of: event.status))
    case .refundRestGivenUp(let event):
      joined("\(money(event.amount)) is not tried again", event.reason)
    default: nil
    }
  }

  private func words(of status: RefundProgress) -> String { "the refund is \(status.rawValue)" }

  /// `nil` for an event that says its reason and no more.
  private func words(of event: HoldEvent) -> String? {
    switch event {
    case .payoutHoldApplied(let event):
      """
      \(Money(event.amount, event.currency)) of order \(event.orderID) until \(event.expiresAt): \
      \(event.reason)
      """
    case .payoutHoldExpired(let event): "at \(event.expiresAt)"
    default: nil
    }
  }

  private func words(of event: CommandEvent) -> String {
    switch event {
    case .commandRejected(let event):
      "\(event.commandType)\(target(event.target)) refused by \(event.rule): \(event.detail)"
    case .commandHadNoEffect(let event):
      "\(event.commandType)\(target(event.target)) changed nothing: \(event.reason)"
    }
  }

  private func target(_ name: String?) -> String { name.map { " of \($0)" } ?? "" }
}

extension Event {
  /// The reason that it gives; empty where it gives none.
  fileprivate var reason: String {
    var bytes: [UInt8] = []
    writeData(to: &bytes)
    return (try? JSONValue(parsing: bytes))?["reason"]?.string ?? ""
  }
}
