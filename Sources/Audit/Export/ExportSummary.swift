// What an export came to, and why there is none.

public import Cryptography
public import EventSourcing
public import Transparency

/// An export that was written.
public struct ExportSummary: Sendable {
  public var eventCount: Int
  public var commitCount: Int
  /// How many refunds were paid, each of which has a receipt.
  public var receiptCount: Int
  /// How many places the controls' report finds.
  public var findingCount: Int
  /// The chain value of the exported log.
  public var chain: Digest
  /// The tree that the newest checkpoint signed.
  public var head: TreeHead
}

/// Why there is no export.
public enum ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nothing of the tenant was signed yet.
  case noCheckpoint(TenantID)
  /// A key that has been replaced signed the newest checkpoint.
  case retiredKey(TenantID)
  case targetInUse(path: String, holding: String)
  case targetNoFolder(path: String)
  case io(path: String, reason: String)
  /// An earlier checkpoint that this log did not sign.
  case foreignCheckpoint(file: String, reason: String)
  /// An earlier checkpoint of another history.
  case otherHistory(file: String, reason: String)

  public var description: String {
    switch self {
    case .noCheckpoint(let tenant):
      """
      no event of \(tenant) is signed yet, and an export ends with the newest signed checkpoint; \
      redress checkpoint --tenant \(tenant) signs one
      """
    case .retiredKey(let tenant):
      """
      the newest checkpoint of \(tenant) is signed with a key that was replaced, and an export has \
      one key for all of its signatures; redress checkpoint --tenant \(tenant) signs it again
      """
    case .targetInUse(let path, let name):
      "\(path) holds \(name); name a folder that is new or empty. Nothing was changed."
    case .targetNoFolder(let path):
      "\(path) is a file; name a folder that is new or empty. Nothing was changed."
    case .io(let path, let reason): "\(path): \(reason)"
    case .foreignCheckpoint(let file, let reason):
      "\(file) is not a checkpoint of this tenant that this log signed: \(reason)"
    case .otherHistory(let file, let reason):
      "the history does not extend the checkpoint \(file): \(reason)"
    }
  }
}
