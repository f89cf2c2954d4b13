// A customer of the tenant: a name under which orders and cases belong together. Whoever the
// personal details belong to can be erased; the name stays.

public import EventSourcing
public import Events

/// Whom orders and cases belong to.
public struct Customer: Aggregate, Codable, Equatable {
  public typealias Event = Events.Event

  /// A customer's personal details, as far as known.
  public struct Details: Hashable, Sendable, Codable {
    public var email: String?
    public var firstName: String?
    public var lastName: String?
  }

  public private(set) var customerID: CustomerID?
  public private(set) var details = Details()
  /// What the tenant calls its customers by, such as `vip`; in order, each once.
  public private(set) var tags: [String] = []

  public init() {}

  public var isRegistered: Bool { customerID != nil }

  public mutating func evolve(_ event: Event) throws(InconsistentHistory) {
    switch event {
    case .customerRegistered(let event):
      try require(customerID == nil, "customer \(event.customerID) registered twice")
      customerID = event.customerID
      details = Details(event.email, event.firstName, event.lastName)
    case .customerDetailsChanged(let event):
      try require(customerID == event.customerID, "details of a customer who is not registered")
      details = details.replaced(by: Details(event.email, event.firstName, event.lastName))
    case .customerTagsChanged(let event):
      try require(customerID == event.customerID, "tags of a customer who is not registered")
      try require(tags != event.tags, "tags changed to what they were")
      tags = event.tags
    default:
      throw InconsistentHistory("an event of another aggregate in a customer's stream")
    }
  }
}

extension Customer.Details {
  init(_ email: String?, _ firstName: String?, _ lastName: String?) {
    self.init(email: email, firstName: firstName, lastName: lastName)
  }

  /// Replaces the details that are named and keeps the others.
  func replaced(by new: Customer.Details) -> Customer.Details {
    Customer.Details(
      new.email ?? email, new.firstName ?? firstName, new.lastName ?? lastName)
  }
}

extension Customer {
  /// Makes a customer known; the same details again change nothing.
  public static func decide(
    _ command: RegisterCustomer, customer: Customer, facts: Facts
  ) throws(CustomerRejection) -> Decision {
    let details = Details(command.email, command.firstName, command.lastName)
    if customer.isRegistered {
      guard customer.details == details else { throw .alreadyRegistered(command.customerID) }
      return .unchanged(reason: "The customer is registered with these details already.")
    }
    return .events([
      .customerRegistered(
        CustomerRegistered(
          customerID: command.customerID, email: command.email, firstName: command.firstName,
          lastName: command.lastName))
    ])
  }

  /// Replaces the details that are named and keeps the others.
  public static func decide(
    _ command: ChangeCustomerDetails, customer: Customer, facts: Facts
  ) throws(CustomerRejection) -> Decision {
    guard customer.isRegistered else { throw .notRegistered(command.customerID) }
    let details = Details(command.email, command.firstName, command.lastName)
    guard customer.details.replaced(by: details) != customer.details else {
      return .unchanged(reason: "The customer's details are so already.")
    }
    return .events([
      .customerDetailsChanged(
        CustomerDetailsChanged(
          customerID: command.customerID, email: command.email, firstName: command.firstName,
          lastName: command.lastName))
    ])
  }

  /// Gives a customer these tags, and no others.
  public static func decide(
    _ command: SetCustomerTags, customer: Customer, facts: Facts
  ) throws(CustomerRejection) -> Decision {
    guard customer.isRegistered else { throw .notRegistered(command.customerID) }
    let tags = Set(command.tags).sorted()
    guard tags != customer.tags else {
      return .unchanged(reason: "The customer has these tags already.")
    }
    return .events([
      .customerTagsChanged(CustomerTagsChanged(customerID: command.customerID, tags: tags))
    ])
  }
}
