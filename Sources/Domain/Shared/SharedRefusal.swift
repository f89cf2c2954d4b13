// Why the rules refuse commands of several aggregates, and every command.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands of several aggregates, and every command.
public enum SharedRefusal: String, RefusalReason {
  case unknownCase, caseNotOpen, caseClosed, caseOfAnotherOrder, unknownOrder
  case anotherCustomersOrder, anotherCustomersCase, caseOfAnotherCustomer, orderOfAnotherCustomer
  case legOfAnotherOrder, unknownLine, lineNamedTwice, unknownReturn, amountTooLarge
  case unknownCurrency, aboveApprovalLimit, limitInAnotherCurrency, notApprovedByPolicy
  case notPossibleInThisState, personErased, customersMayOnlyAsk, notOneOfTheTenantsPeople
  case notInThisRole, notForServices, revisionMismatch, onlyImportsLookBack, beforePreviousEvent

  public var guide: RefusalGuide {
    switch self {
    case .unknownCase:
      RefusalGuide(
        ["C1", "C3", "R1", "H1", "B1", "SLA", "Messages", "Actions on record"],
        "The tenant has no case of this id.",
        "Correct caseId, or open the case first: OpenCase.")
    case .caseNotOpen:
      RefusalGuide(
        "C3", "The case has ended, and what is asked for needs one that is open or in progress.",
        "Take the case up again with ReopenCase, or open another.")
    case .caseClosed:
      RefusalGuide("C1", "The case is closed, which is final.", "Open another case: OpenCase.")
    case .caseOfAnotherOrder:
      RefusalGuide(
        ["R1", "V1", "H1", "O2", "B1"], "The case is about another order, or about none.",
        "Name the order of the case, or a case of the order.")
    case .unknownOrder:
      RefusalGuide(
        ["O1", "O2", "R1", "V1", "H1", "B1"], "The tenant has no order of this id.",
        "Correct orderId, or mirror the order first: RecordOrder.")
    case .anotherCustomersOrder:
      RefusalGuide(
        ["R1", "V1"], "A customer names an order that another customer placed.",
        "Customers act for their own orders; an agent may act for them.")
    case .anotherCustomersCase:
      RefusalGuide(
        "C2", "A customer names a case that is another customer's.",
        "Customers act in their own cases; an agent may act for them.")
    case .caseOfAnotherCustomer:
      RefusalGuide(
        "C2", "The customer that the command names is not the case's.",
        "Name the customer of the case.")
    case .orderOfAnotherCustomer:
      RefusalGuide(
        ["O1", "C2"], "The customer that the command names did not place the order.",
        "Name the customer who placed the order.")
    case .legOfAnotherOrder:
      RefusalGuide(
        ["R1", "H1"], "The leg that the command names is not the order's.",
        "Name the leg that the order was recorded with, or leave legId out.")
    case .unknownLine:
      RefusalGuide(
        ["R1", "V1"], "The order has no line of this id.",
        "Correct lineId; the order's balance and its events name its lines.")
    case .lineNamedTwice:
      RefusalGuide(
        ["O1", "R1", "V1"], "Two entries name the same line.",
        "Name each line once, with all its units.")
    case .unknownReturn:
      RefusalGuide(
        ["V1", "V3", "Messages"], "The tenant, or the case, has no return of this id.",
        "Correct returnId, or request the return first: RequestReturn.")
    case .amountTooLarge:
      RefusalGuide(
        ["Money", "O2", "R2", "V3"], "Amounts add up to more than 2^53 - 1 minor units.",
        "Use smaller amounts; split what the command asks for.")
    case .unknownCurrency:
      RefusalGuide(
        "Money", "The currency is no active one of ISO 4217 with a minor unit.",
        "Give a code such as GBP.")
    case .aboveApprovalLimit:
      RefusalGuide(
        "R5", "The amount is more than the approver may give.",
        "Let an admin approve it, or raise agentApprovalLimit.")
    case .limitInAnotherCurrency:
      RefusalGuide(
        "R5", "The approver's limit and the amount are in different currencies.",
        "Let an admin approve it, who has no limit.")
    case .notApprovedByPolicy:
      RefusalGuide(
        "R5", "The policy does not approve this automatically.",
        "Let an agent or an admin decide.")
    case .notPossibleInThisState:
      RefusalGuide(
        ["Refund states", "Return states"],
        "The refund or the return is not in a state from which this command starts.",
        "Read its status, and submit the command that the table of states allows.")
    case .personErased:
      RefusalGuide(
        ["Erasure", "Legal hold"], "The person was erased: nothing personal of them is recorded.",
        "Leave the personal field out, or give the person a new id.")
    case .customersMayOnlyAsk:
      RefusalGuide(
        "Who may do what",
        "A customer submits a command that only the tenant's people or services may.",
        "Let an agent or a service submit it.")
    case .notOneOfTheTenantsPeople:
      RefusalGuide(
        "T1", "The agent who acts does not work for this tenant.",
        "Add the agent first: AddAgent.")
    case .notInThisRole:
      RefusalGuide(
        ["Who may do what", "Messages"], "The role of the actor does not allow this.",
        "Let an actor with such a role submit it; the detail names the roles.")
    case .notForServices:
      RefusalGuide(
        "Who may do what", "A service submits a command that only the tenant's people may.",
        "Name the agent who acts as the actor.")
    case .revisionMismatch:
      RefusalGuide(
        "expectedRevision", "What the command is about has changed since the caller read it.",
        "Read it again and decide anew.")
    case .onlyImportsLookBack:
      RefusalGuide(
        "Time", "The command says when it happened, and only an import or news of the shop may.",
        "Leave occurredAt out, or begin an import: BeginImport.")
    case .beforePreviousEvent:
      RefusalGuide(
        "Time",
        "The command says that it happened before what was recorded last of the same "
          + "thing.",
        "Give the time at which it really happened, or leave occurredAt out.")
    }
  }
}
