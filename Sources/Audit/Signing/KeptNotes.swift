// The newest signed note of each tenant once more, outside the log's folder: both folders of
// checkpoints may be taken away at once, and a history that was signed must not be signed as if it
// had not been.

public import EventSourcing
public import Transparency

/// Where a publisher keeps what it signed last, and finds it again.
public protocol KeptNotes: Sendable {
  /// What messages call the place, such as a file.
  var place: String { get }

  /// The tenants of which a note is kept.
  func tenants() throws -> [TenantID]

  /// - Returns: `nil` where none is kept.
  func note(of tenant: TenantID) throws -> SignedNote?

  /// Keeps a note in place of the one before; it is durable on return.
  func keep(_ note: SignedNote, of tenant: TenantID) throws
}
