// The texts of messages. A message names its subject and the amount; it holds no personal data
// except its reader's.

import Events

/// The topic of a message.
enum NoticeTopic: String, CaseIterable {
  case caseOpened, caseResolved, messagePosted
  case refundExecuted, refundDenied, refundPartlyExecuted, refundFailed
  case refundReturned, refundRestGivenUp
  case holdApplied, holdReleased, holdExpired
  case returnRequested, returnApproved, returnRejected, returnReceived, returnCompleted
  case returnExpired, storeCreditGranted
}

/// The fields of a message.
struct NoticeFacts {
  var topic: NoticeTopic
  /// Whether the reader is an agent instead of a customer.
  var isForAgent: Bool
  /// The case, refund or hold.
  var about: String
  /// The amount with its currency; `nil` for topics without one.
  var amount: String?
  /// What of a refund is not paid, with its currency, beside the amount that is.
  var unpaid: String?
  var detail: String?
  /// The tenant's name.
  var sender: String
}

extension NoticeFacts {
  var subject: String {
    switch topic {
    case .caseOpened: "We have received your request \(about)"
    case .caseResolved: "Your request \(about) has been answered"
    case .messagePosted: "There is an answer to your request \(about)"
    case .refundExecuted: "Your refund \(about) has been paid"
    case .refundDenied: "Your refund \(about) was not approved"
    case .refundPartlyExecuted:
      isForAgent
        ? "Refund \(about) could be paid only in part"
        : "A part of your refund \(about) has been paid"
    case .refundFailed:
      isForAgent ? "Refund \(about) could not be paid" : "Your refund \(about) is delayed"
    case .refundReturned:
      isForAgent
        ? "Money of refund \(about) came back" : "Money of your refund \(about) came back to us"
    case .refundRestGivenUp: "Your refund \(about) is complete"
    case .holdApplied: "Payout hold \(about) was applied"
    case .holdReleased: "Payout hold \(about) was released"
    case .holdExpired: "Payout hold \(about) has expired"
    case .returnRequested: "We have received your return request \(about)"
    case .returnApproved: "Your return \(about) was approved"
    case .returnRejected: "Your return \(about) was not approved"
    case .returnReceived: "Your return \(about) is being looked at"
    case .returnCompleted: "Your return \(about) is complete"
    case .returnExpired: "Your return \(about) has expired"
    case .storeCreditGranted: "You have been given store credit"
    }
  }

  var body: String { "Hello,\n\n\(sentences)\n\n-- \n\(sender)\n" }

  private var sentences: String {
    let amount = amount ?? "the amount"
    let unpaid = unpaid ?? "the rest"
    let detail = detail ?? ""
    return switch topic {
    case .caseOpened:
      "We have received your request \(about): \(detail)\n\n"
        + "We will write to you when it is answered."
    case .caseResolved: "Your request \(about) has been answered: \(answer(detail))."
    case .messagePosted:
      "We have written to you about your request \(about). Please look at it where you made it."
    case .refundExecuted:
      "We have paid back \(amount) for your refund \(about). "
        + "Your bank may take some days to show it."
    case .refundDenied: "Your refund \(about) was not approved. The reason given is:\n\n\(detail)"
    case .refundPartlyExecuted where isForAgent:
      "Of refund \(about), \(amount) were paid, and \(unpaid) were not:\n\n\(detail)"
    case .refundPartlyExecuted:
      "We have paid back \(amount) for your refund \(about). The payment of \(unpaid) more has not "
        + "gone through:\n\n\(detail)"
    case .refundFailed where isForAgent:
      "The payment provider did not pay refund \(about) of \(amount). Its reason:\n\n\(detail)"
    case .refundFailed:
      "The payment of \(amount) for your refund \(about) has not gone through:\n\n\(detail)"
    case .refundReturned where isForAgent:
      "Of refund \(about), \(amount) that were paid came back, and are held for it again. The "
        + "reason given is:\n\n\(detail)"
    case .refundReturned:
      "The \(amount) that we had paid back by payment \(detail) for your refund \(about) came back "
        + "to us. We are looking into it and will write to you again."
    case .refundRestGivenUp:
      "We have paid back \(amount) for your refund \(about). The other \(unpaid) of it will not be "
        + "paid back in this way."
    case .holdApplied:
      "\(amount) of a payout are kept back by hold \(about). The reason given is:\n\n\(detail)"
    case .holdReleased:
      "The payout hold \(about) of \(amount) was released. The reason given is:\n\n\(detail)"
    case .holdExpired:
      "The payout hold \(about) of \(amount) has come to its end; the payout may go."
    case .returnRequested:
      "We have received your request to return items, \(about). We will write to you when it is "
        + "decided."
    case .returnApproved:
      "Your return \(about) was approved."
        + (detail.isEmpty ? "" : " Please send the items before \(detail) UTC.")
    case .returnRejected: "Your return \(about) was not approved. The reason given is:\n\n\(detail)"
    case .returnReceived: "Nothing more is awaited of your return \(about). We will look at it now."
    case .returnCompleted: "Your return \(about) is complete."
    case .returnExpired:
      "The items of your return \(about) were not sent in time, and the return has expired."
    case .storeCreditGranted:
      "You have been given a store credit of \(amount) for your request \(about)."
    }
  }

  private func answer(_ resolution: String) -> String {
    switch CaseResolution(rawValue: resolution) {
    case .refunded: "you were refunded"
    case .denied: "we could not agree to it"
    case .goodwill: "you have been given a goodwill credit"
    case .resolved, nil: "we consider it resolved"
    }
  }
}

/// What a refund has not paid by one payment.
struct UnpaidLeg {
  var paymentID: String
  /// With its currency.
  var amount: String
  /// Why it failed; `nil` where its money came back (R10).
  var code: FailureCode?
  /// In the words of the provider, which only agents get.
  var reason: String
}

extension [UnpaidLeg] {
  /// A line for each, for agents.
  var reasons: String { lines { $0.reason } }

  /// A line for each and how it goes on, for the customer.
  var outlook: String {
    let why = lines { leg in
      switch leg.code {
      case .declined: "it was declined"
      case .notReceived: "it did not reach the payment provider"
      case .other: "it was not possible"
      case nil: "it came back"
      }
    }
    // Nothing else is tried again by itself (R7).
    let next =
      allSatisfy { $0.code == .notReceived }
      ? "It will be tried again; you need not do anything."
      : "We are looking into it and will write to you again."
    return "\(why)\n\n\(next)"
  }

  private func lines(_ why: (UnpaidLeg) -> String) -> String {
    map { "\($0.amount) by payment \($0.paymentID): \(why($0))" }.joined(separator: "\n")
  }
}
