// Why a command about a customer is refused. Says nothing personal: rejections are recorded, and
// nobody could be erased from them.

public import Events

/// Who is registered, and with which details.
public enum CustomerRejection: Rejection {
  case alreadyRegistered(CustomerID)
  case notRegistered(CustomerID)

  public var explanation: Explanation {
    switch self {
    case .alreadyRegistered(let customer):
      Explanation(
        "Tenant", "customerAlreadyRegistered",
        "The customer \(customer) is registered with other details. "
          + "ChangeCustomerDetails changes them.",
        ["customer": customer])
    case .notRegistered(let customer):
      Explanation(
        "Tenant", "customerNotRegistered",
        "There is no customer \(customer). RegisterCustomer makes one known.",
        ["customer": customer])
    }
  }
}
