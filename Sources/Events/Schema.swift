// What every generated event and command offers. The types themselves, with a union for each
// aggregate and `Event` and `Command` over those, are written at build time from EventSchemas/.

public import EventSourcing
public import JSON

/// The data of one kind of event or command, in one version of its schema.
public protocol MessageData: JSONCodable, Equatable, Sendable {
  /// The type's name, such as `RefundApproved`.
  static var typeName: String { get }

  /// The schema's URN, such as `urn:redress:event:RefundApproved:2`.
  static var dataSchema: String { get }

  /// The fields that hold personal data.
  static var personalFields: [PersonalField] { get }

  /// Replaces each personal text, for instance by its encrypted form.
  mutating func mapPersonal<Failure: Error>(
    _ transform: (_ text: String, _ field: PersonalField, _ subject: String) throws(Failure)
      -> String
  ) throws(Failure)
}

extension MessageData {
  public static var personalFields: [PersonalField] { [] }

  public mutating func mapPersonal<Failure: Error>(
    _ transform: (_ text: String, _ field: PersonalField, _ subject: String) throws(Failure)
      -> String
  ) throws(Failure) {}
}

/// The data of one kind of event.
public protocol EventData: MessageData {
  /// The key of a value that the schema would refuse to read; nil where there is none.
  var unreadableKey: String? { get }
}

/// The data of one kind of command.
public protocol CommandData: MessageData {}

/// The events of one aggregate, such as `RefundEvent`.
public protocol AggregateEvent: Equatable, Sendable {
  /// - Returns: `nil` for an event of another aggregate.
  init?(_ event: Event)
}

extension Event {
  /// The stream that it belongs to.
  public var stream: StreamName { subject.stream }
}

extension Command {
  /// The stream that an expected revision is about; nil while its id is to be made.
  public var target: StreamName? { subject?.stream }
}

/// A field that holds data of a person (the schema's `x-personal`).
public struct PersonalField: Hashable, Sendable {
  /// The field's key, such as `email`.
  public var key: String

  /// The key of the field beside it that says whose data it is, such as `customerId`.
  public var subject: String

  public init(_ key: String, subject: String) {
    self.key = key
    self.subject = subject
  }
}

/// A newer version of an event's schema. When a schema `X.2.json` appears, the compiler asks for
/// this function, which says what an `X` of version 1 means today:
///
/// ```swift
/// extension X {
///   static func upcast(_ old: X.V1) -> X { … }
/// }
/// ```
public protocol Upcasting {
  associatedtype Previous

  static func upcast(_ old: Previous) -> Self
}
