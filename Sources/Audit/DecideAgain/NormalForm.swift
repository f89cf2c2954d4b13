// The commands that could have led to the events of a commit, in normal form: every default is
// said, every id is named, and nothing is in them that left no trace. The log holds no commands,
// and more than one may lead to the same events; deciding them again shows which do.
//
// What must hold: a command takes from the commit only what a caller says. What rules derive, such
// as amounts, shares, days and states, is not taken from it.

import Domain
import Events

/// The events of one commit, with the state before it.
struct DecidedEvents {
  /// At least one.
  var events: [Event]
  var before: TenantState

  /// The commands that could have led to them; none where no command has a normal form.
  func commands() -> [Command] {
    switch events[0] {
    case .tenant(let event): tenantCommands(event)
    case .customer(let event): customerCommands(event)
    case .privacy(let event): privacyCommands(event)
    case .order(let event): orderCommands(event)
    case .supportCase(let event): caseCommands(event)
    case .refund(let event): refundCommands(event)
    case .return(let event): returnCommands(event)
    case .hold(let event): holdCommands(event)
    case .system(let event): [.system(event.command)]
    case .command: []
    }
  }
}

extension DecidedEvents {
  private func customerCommands(_ event: CustomerEvent) -> [Command] {
    switch event {
    case .customerRegistered(let event):
      [
        .registerCustomer(
          RegisterCustomer(
            customerID: event.customerID, email: event.email, firstName: event.firstName,
            lastName: event.lastName))
      ]
    case .customerDetailsChanged(let event):
      [
        .changeCustomerDetails(
          ChangeCustomerDetails(
            customerID: event.customerID, email: event.email, firstName: event.firstName,
            lastName: event.lastName))
      ]
    case .customerTagsChanged(let event):
      [.setCustomerTags(SetCustomerTags(customerID: event.customerID, tags: event.tags))]
    }
  }

  private func privacyCommands(_ event: PrivacyEvent) -> [Command] {
    switch event {
    case .subjectErased(let event):
      [.eraseSubject(EraseSubject(subjectID: event.subjectID, reason: event.reason))]
    case .erasureBlocked, .erasureUnblocked: []
    }
  }

  private func holdCommands(_ event: HoldEvent) -> [Command] {
    switch event {
    case .payoutHoldApplied(let event):
      [
        .applyPayoutHold(
          ApplyPayoutHold(
            holdID: event.holdID, caseID: event.caseID, orderID: event.orderID,
            legID: event.legID, amount: event.amount, expiresAt: event.expiresAt,
            reason: event.reason))
      ]
    case .payoutHoldReleased(let event):
      [.releasePayoutHold(ReleasePayoutHold(holdID: event.holdID, reason: event.reason))]
    case .payoutHoldExpired(let event):
      [.expirePayoutHold(ExpirePayoutHold(holdID: event.holdID))]
    }
  }
}
