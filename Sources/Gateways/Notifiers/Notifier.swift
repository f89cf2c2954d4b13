// The port to the delivery of messages. What must hold: a notice is handed over once under its
// name, however often it is sent, also after a crash at any moment.

public import EventSourcing

/// Hands messages to customers and agents over to their delivery.
public protocol Notifier: Sendable {
  /// Hands a message over, durably; one that was handed over before is left alone.
  ///
  /// - Precondition: the notice has an address.
  func send(_ notice: Notice) throws

  /// Takes back a recipient's messages that are not delivered yet, removes those that were, and
  /// accepts none for the recipient afterwards: a caller may not know of the erasure yet.
  func forget(_ recipient: Actor, of tenant: TenantID) throws
}
