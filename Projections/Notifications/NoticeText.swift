// What people are told, word for word. A message names what it is about and how much; it holds no personal
// data but what its own reader wrote or was told anyhow, and nothing of anybody else's.

import Events

/// What a message is about.
enum NoticeTopic: String, CaseIterable {
  case caseOpened, caseResolved
  case refundExecuted, refundDenied, refundFailed
  case holdApplied, holdReleased, holdExpired
}

/// What a message is made of.
struct NoticeFacts {
  var topic: NoticeTopic
  /// Whether an agent reads it, not a customer.
  var isForAgent: Bool
  /// The case, refund or hold.
  var about: String
  /// With its currency; `nil` where the topic has none.
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
    case .refundExecuted: "Your refund \(about) has been paid"
    case .refundDenied: "Your refund \(about) was not approved"
    case .refundFailed:
      isForAgent ? "Refund \(about) could not be paid" : "Your refund \(about) is delayed"
    case .holdApplied: "Payout hold \(about) was applied"
    case .holdReleased: "Payout hold \(about) was released"
    case .holdExpired: "Payout hold \(about) has expired"
    }
  }

  var body: String { "Hello,\n\n\(sentences)\n\n-- \n\(sender)\n" }

  private var sentences: String {
    let amount = amount ?? "the amount"
    let detail = detail ?? ""
    return switch topic {
    case .caseOpened:
      "We have received your request \(about): \(detail)\n\nWe will write to you when it is answered."
    case .caseResolved: "Your request \(about) has been answered: \(answer(detail))."
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
