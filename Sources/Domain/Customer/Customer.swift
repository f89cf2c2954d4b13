// A customer of the tenant: an id that orders and cases belong to. The personal details can be
// erased; the id stays.

public import EventSourcing
public import Events

/// The customer that orders and cases belong to.
public struct Customer: Aggregate, Codable, Equatable {
  /// The version of the stored state; increases whenever the stored properties or `evolve` change.
  public static let snapshotVersion = 3

  public private(set) var customerID: CustomerID?
  public private(set) var details = RecordedDetails()
  /// The tenant's labels for the customer, such as `vip`; in order, each once.
  public private(set) var tags: [String] = []
  /// How many events there are.
  private var revision = 0

  public init() {}

  public var isRegistered: Bool { customerID != nil }

  /// Whether any of the details was recorded before there was encryption.
  public var isRecordedInClear: Bool {
    [details.email, details.firstName, details.lastName].contains {
      $0.map { !PersonalText.isSealed($0.text) } ?? false
    }
  }

  public mutating func evolve(_ event: CustomerEvent) throws(InconsistentHistory) {
    switch event {
    case .customerRegistered(let event):
      try require(customerID == nil, "customer \(event.customerID) registered twice")
      customerID = event.customerID
      replace(event.email, event.firstName, event.lastName)
    case .customerDetailsChanged(let event):
      try require(customerID == event.customerID, "details of a customer who is not registered")
      replace(event.email, event.firstName, event.lastName)
    case .customerTagsChanged(let event):
      try require(customerID == event.customerID, "tags of a customer who is not registered")
      try require(tags != event.tags, "tags changed to what they were")
      tags = event.tags
    }
    revision += 1
  }

  /// Replaces the details that are named and keeps the others.
  private mutating func replace(_ email: String?, _ firstName: String?, _ lastName: String?) {
    func recorded(_ text: String?) -> RecordedText? {
      text.map { RecordedText(text: $0, revision: revision) }
    }
    details.email = recorded(email) ?? details.email
    details.firstName = recorded(firstName) ?? details.firstName
    details.lastName = recorded(lastName) ?? details.lastName
  }
}

extension Customer {
  /// Registers a customer; the same details again change nothing.
  ///
  /// - Parameter details: what the customer's own are, opened.
  public static func register(
    _ command: RegisterCustomer, customer: Customer, details recorded: Details, facts: Facts
  ) throws(CustomerRejection) -> Decision {
    let details = Details(command.email, command.firstName, command.lastName)
    if customer.isRegistered {
      guard recorded == details else { throw .alreadyRegistered(command.customerID) }
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
  ///
  /// - Parameter details: what the customer's own are, opened.
  public static func changeDetails(
    _ command: ChangeCustomerDetails, customer: Customer, details recorded: Details, facts: Facts
  ) throws(CustomerRejection) -> Decision {
    guard customer.isRegistered else { throw .notRegistered(command.customerID) }
    let details = Details(command.email, command.firstName, command.lastName)
    guard recorded.replaced(by: details) != recorded else {
      return .unchanged(reason: "The customer's details are so already.")
    }
    return .events([
      .customerDetailsChanged(
        CustomerDetailsChanged(
          customerID: command.customerID, email: command.email, firstName: command.firstName,
          lastName: command.lastName))
    ])
  }

  /// Sets the tags of a customer.
  public static func setTags(
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
