// A command's e-mail address must be one that a message can be sent to. What must hold: only what
// comes in is checked. Older histories hold other texts, which are read as they are.

import EventSourcing
import Events

extension Command {
  /// - Throws: ``InvalidCommand`` when the command sets anything else than an ``EmailAddress``.
  func checkEmail() throws {
    guard let (field, text) = newEmail, EmailAddress(text) == nil else { return }
    throw InvalidCommand(
      path: "$.data.\(field)", value: text,
      problem: "is not an e-mail address; use one plain address in ASCII, such as "
        + "robin@example.com, or leave the field out")
  }

  private var newEmail: (field: String, text: String)? {
    switch self {
    case .tenant(.addAgent(let command)): command.email.map { ("email", $0) }
    case .customer(.registerCustomer(let command)): command.email.map { ("email", $0) }
    case .customer(.changeCustomerDetails(let command)): command.email.map { ("email", $0) }
    case .order(.recordOrder(let command)): command.customerEmail.map { ("customerEmail", $0) }
    case .tenant, .customer, .privacy, .order, .supportCase, .refund, .return, .hold, .system: nil
    }
  }
}
