// The port of stores outside the log that an erasure clears.

/// A store of personal data outside the log and the read models, such as operational records or an
/// outbox.
public protocol ErasingStore: Sendable {
  /// Deletes all personal data of a person from every file; doing it again changes nothing.
  ///
  /// - Parameters:
  ///   - emails: the person's addresses in the log.
  ///   - orders: the person's orders, by every id that the log has of one.
  func erase(_ person: Person, emails: [String], orders: Set<String>) throws
}
