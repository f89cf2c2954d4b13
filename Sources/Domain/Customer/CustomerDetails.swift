// A customer's personal details, sealed as the log holds them, and in plain text.

import EventSourcing
import Events

extension Customer {
  /// A personal text as the customer's stream holds it. It is sealed, and bound to its revision, so
  /// neither the state nor a snapshot holds personal data.
  public struct RecordedText: Hashable, Sendable, Codable {
    public var text: String
    public var revision: Int
  }

  /// What is known of a customer's personal details.
  public struct RecordedDetails: Hashable, Sendable, Codable {
    public var email: RecordedText?
    public var firstName: RecordedText?
    public var lastName: RecordedText?
  }

  /// A customer's personal details in plain text, as far as known.
  public struct Details: Hashable, Sendable {
    public var email: String?
    public var firstName: String?
    public var lastName: String?
  }
}

extension Customer.RecordedDetails {
  /// The details in plain text.
  public func map<Failure: Error>(
    _ open: (_ field: String, Customer.RecordedText) throws(Failure) -> String
  ) throws(Failure) -> Customer.Details {
    var details = Customer.Details()
    if let email { details.email = try open("email", email) }
    if let firstName { details.firstName = try open("firstName", firstName) }
    if let lastName { details.lastName = try open("lastName", lastName) }
    return details
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
