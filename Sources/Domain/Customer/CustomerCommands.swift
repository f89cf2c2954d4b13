// Which function decides which command of a customer.

import Events

extension Customer {
  /// Loads what a command names, and decides it.
  static func decide(
    _ command: CustomerCommand, in aggregates: some Aggregates, facts: Facts
  ) throws -> Decision {
    switch command {
    case .registerCustomer(let command):
      try register(
        command, customer: aggregates.customer(command.customerID),
        details: aggregates.details(of: command.customerID), facts: facts)
    case .changeCustomerDetails(let command):
      try changeDetails(
        command, customer: aggregates.customer(command.customerID),
        details: aggregates.details(of: command.customerID), facts: facts)
    case .setCustomerTags(let command):
      try setTags(command, customer: aggregates.customer(command.customerID), facts: facts)
    }
  }
}
