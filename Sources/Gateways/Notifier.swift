// The port to whatever carries messages to people. An adapter keeps one promise: a notice of the
// same name is handed over once, however often it is asked to, also after a crash at any moment.

public import EventSourcing

/// Tells people something.
public protocol Notifier: Sendable {
  /// Hands a message over, durably; one that was handed over before is left alone.
  ///
  /// - Precondition: the notice has an address.
  func send(_ notice: Notice) throws

  /// Takes back what is not delivered yet to one of a tenant's people, forgets what was, and hands
  /// over nothing to them any more: whoever asks may not know yet that they are gone.
  func forget(_ recipient: Actor, of tenant: TenantID) throws
}
