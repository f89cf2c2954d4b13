// Which permission the command had that an event follows from. The log names no commands, but an
// event that a command is about tells which it was; the other events of the commit follow from that
// one. The list is by the rule book's table of permissions.

import Events

/// How an event tells the permission of its command.
enum EventPermission {
  /// The command is about this event, and has one of these permissions.
  case leads(Permission, or: Permission? = nil)
  /// The same, where no event of its commit leads; otherwise the event follows from that one.
  case leadsAlone(Permission)
  case follows
}

extension Event {
  var permission: EventPermission {
    switch self {
    case .tenant(let event): event.permission
    case .customer: .leads(.mirrorShop)
    case .privacy(let event): event.permission
    case .order(let event): event.permission
    case .supportCase(let event): event.permission
    case .refund(let event): event.permission
    case .return(let event): event.permission
    case .hold(let event): event.permission
    case .command: .follows
    }
  }
}

extension AuditedCommit {
  /// The permissions one of which the command of an event has; `nil` for an event that follows from
  /// another one, and for a command that a rule refused.
  func permissions(for event: Event) -> Set<Permission>? {
    switch event.permission {
    case .leads(let permission, let other): Set([permission, other].compactMap(\.self))
    case .leadsAlone(let permission):
      events.contains { if case .leads = $0.event.permission { true } else { false } }
        ? nil : [permission]
    case .follows: nil
    }
  }
}

extension TenantEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .agentAdded, .agentRemoved, .agentRoleChanged, .importBegun, .importEnded,
      .policyActivated, .policyDeactivated, .policyDefined, .returnSettingsChanged, .shopConnected,
      .slaCalendarDefined, .slaTargetsSet, .tenantRegistered, .tenantSettingsChanged:
      .leads(.manageTenant)
    case .rulesAdopted: .follows
    case .shopDisconnected, .shopSynced: .leads(.mirrorShop)
    case .tenantReinstated, .tenantSuspended: .leads(.suspend)
    }
  }
}

extension PrivacyEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .subjectErased: .leads(.erase)
    case .erasureBlocked, .erasureUnblocked: .follows
    }
  }
}

extension OrderEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .orderAmended, .orderCancelled, .orderDelivered, .orderRecorded, .paymentCaptured:
      .leads(.mirrorShop)
    case .storeCreditGranted: .leads(.decide)
    case .orderBalanceDisputed, .orderBalanceReserved, .orderDisputeCovered, .orderDisputeReleased,
      .orderDisputeSettled, .orderPayoutFreed, .orderPayoutHeld, .orderReservationReduced,
      .orderReservationReleased, .orderReservationSettled, .orderUnitsFreed, .orderUnitsHeld:
      .follows
    }
  }
}

extension CaseEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .caseOpened, .evidenceAttached, .messagePosted: .leads(.ask)
    case .caseAssigned, .caseClosed, .caseReopened, .caseResolved, .caseWatcherAdded,
      .caseWatcherRemoved, .chargebackRepresented, .contentHidden, .contentRestored:
      .leads(.decide)
    case .chargebackEnded, .chargebackOpened, .depositCaptured: .leads(.recordOutcomes)
    case .legalHoldPlaced, .legalHoldReleased: .leads(.erase)
    case .caseSeverityChanged, .caseStatusChanged: .leadsAlone(.decide)
    case .slaBreached: .leadsAlone(.recordOutcomes)
    case .caseHoldApplied, .caseHoldEnded, .caseRefundRequested, .caseReturnRequested,
      .slaClocksPaused, .slaClocksResumed, .slaClocksStarted, .slaFirstResponseMet, .slaRetargeted:
      .follows
    }
  }
}

extension RefundEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .refundRequested, .refundAmended, .refundCancelled: .leads(.ask)
    case .refundApproved, .refundDenied, .refundExecutionStarted: .leads(.decide)
    case .refundExecuted: .leads(.answerForProvider, or: .confirmPayments)
    case .refundFailed, .refundOutcomeUnknown: .leads(.answerForProvider)
    case .refundApprovalReset: .follows
    }
  }
}

extension ReturnEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .returnRequested, .returnCancelled, .returnShipped: .leads(.ask)
    case .returnApproved, .returnCompleted, .returnLinesInspected, .returnLinesReceived,
      .returnRejected:
      .leads(.decide)
    case .returnExpired: .leads(.recordOutcomes)
    case .returnInspected, .returnRefundRequested, .returnRefundWithdrawn: .follows
    }
  }
}

extension HoldEvent {
  fileprivate var permission: EventPermission {
    switch self {
    case .payoutHoldApplied, .payoutHoldReleased: .leads(.decide)
    case .payoutHoldExpired: .leads(.recordOutcomes)
    }
  }
}
