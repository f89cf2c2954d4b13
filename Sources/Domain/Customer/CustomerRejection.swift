// Why a command about a customer is refused. Rejections are recorded in clear and cannot be
// erased, so they hold nothing personal.

public import Events

/// Who is registered, and with which details.
public enum CustomerRejection: Rejection {
  case alreadyRegistered(CustomerID)
  case notRegistered(CustomerID)

  public var explanation: Explanation {
    switch self {
    case .alreadyRegistered(let customer):
      Explanation(
        "Tenant", CustomerRefusal.customerAlreadyRegistered,
        "The customer \(customer) is registered with other details. "
          + "ChangeCustomerDetails changes them.",
        ["customer": customer])
    case .notRegistered(let customer):
      Explanation(
        "Tenant", CustomerRefusal.customerNotRegistered,
        "There is no customer \(customer). RegisterCustomer registers one.",
        ["customer": customer])
    }
  }
}
