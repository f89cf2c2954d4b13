// What else may know something of a person.

/// Something that keeps personal data outside of the log and of the read models, such as
/// operational records or an outbox.
public protocol ErasingStore: Sendable {
  /// Lets go of everything that is personal of somebody, so that no file holds it any more; doing
  /// it again changes nothing.
  ///
  /// - Parameters:
  ///   - emails: the addresses that the log knows of the person.
  ///   - orders: the person's orders, by every id that the log knows of one.
  func erase(_ person: Person, emails: [String], orders: Set<String>) throws
}
