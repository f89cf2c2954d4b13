// A message that one event causes for one person. What must hold: an event causes at most one for
// each recipient, since tenant, position and recipient are its name.

/// A message to one person, in plain text.
public struct Notice: Sendable, Hashable {
  public var tenant: TenantID
  /// The event that is its cause.
  public var position: Position
  /// A customer or an agent of the tenant.
  public var recipient: Actor
  /// Where to; `nil` where the person has no usable address, or is erased.
  public var address: EmailAddress?
  /// The sender's name.
  public var sender: String
  public var subject: String
  /// Lines that end with `\n`.
  public var body: String
  /// When the event was recorded.
  public var time: Timestamp

  public init(
    tenant: TenantID, position: Position, recipient: Actor, address: EmailAddress?,
    sender: String, subject: String, body: String, time: Timestamp
  ) {
    self.tenant = tenant
    self.position = position
    self.recipient = recipient
    self.address = address
    self.sender = sender
    self.subject = subject
    self.body = body
    self.time = time
  }

  /// Names it among all notices; a dot is in none of its parts.
  public var name: String {
    "\(tenant).\(position).\(recipient.kind.rawValue).\(recipient.name)"
  }
}
