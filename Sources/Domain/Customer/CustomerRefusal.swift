// Why the rules refuse commands about customers.
// What must hold: a published name never changes.

import EventSourcing

/// Why the rules refuse commands about customers.
public enum CustomerRefusal: String, RefusalReason {
  case customerAlreadyRegistered, customerNotRegistered

  public var guide: RefusalGuide {
    switch self {
    case .customerAlreadyRegistered:
      RefusalGuide(
        "Tenant", "The customer is registered with other details.",
        "Change them with ChangeCustomerDetails.")
    case .customerNotRegistered:
      RefusalGuide(
        "Tenant", "The tenant has no customer of this id.",
        "Correct customerId, or register the customer: RegisterCustomer.")
    }
  }
}
