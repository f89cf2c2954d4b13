// What each tenant's shop signs its webhooks with: `<data>/keys/shopify-<tenant>.secret`, which only its owner may
// read. It is no part of the history, and read again for each webhook, so that a new one counts at once.

public import EventSourcing
import Transparency

/// The secrets that webhooks are signed with.
public struct WebhookSecrets: Sendable {
  public let folder: String

  /// - Parameter folder: the data folder's keys.
  public init(folder: String) { self.folder = folder }

  /// How long a secret may be, in bytes.
  public static let byteCounts = 1...1_024

  /// Keeps a secret in place of the one before.
  ///
  /// - Precondition: its length is one of ``byteCounts``.
  public func keep(_ secret: [UInt8], of tenant: TenantID) throws {
    precondition(Self.byteCounts.contains(secret.count), "a secret of \(secret.count) bytes")
    try DurableFile.createFolders(folder, mode: 0o700)
    try DurableFile.replace(path(of: tenant), with: secret, mode: 0o600)
  }

  /// - Returns: `nil` where there is none.
  public func secret(of tenant: TenantID) throws -> [UInt8]? {
    try DurableFile.read(path(of: tenant))
  }

  public func path(of tenant: TenantID) -> String { "\(folder)/shopify-\(tenant).secret" }
}
