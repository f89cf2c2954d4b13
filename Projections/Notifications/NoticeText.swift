// The texts of messages. A message names its subject and the amount; it holds no personal data
// except its reader's.

import Events

/// The topic of a message.
enum NoticeTopic: String, CaseIterable {
  case caseOpened, caseResolved, messagePosted
  case refundExecuted, refundDenied, refundFailed
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
    case .refundFailed:
      isForAgent ? "Refund \(about) could not be paid" : "Your refund \(about) is delayed"
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
    case .refundFailed where isForAgent:
      "The payment provider did not pay refund \(about) of \(amount). Its reason:\n\n\(detail)"
    case .refundFailed:
      "The payment of \(amount) for your refund \(about) has not gone through. "
        + (detail == FailureCode.notReceived.rawValue
          ? "It will be tried again; you need not do anything."
          : "We are looking into it and will write to you again.")
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
