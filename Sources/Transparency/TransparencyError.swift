// Errors of files and trees, with what an operator can do about them.

internal import Glibc

/// Why hashes, tiles or notes cannot be read or kept.
public enum TransparencyError: Error, Hashable, Sendable {
  /// A system call failed.
  case io(operation: String, path: String, errno: Int32)
  /// A tile that a tree of this size must have.
  case missingTile(path: String, treeSize: UInt64)
  case malformedTile(path: String, byteCount: Int, expected: Int)
  /// The source of leaf hashes gave another number of them.
  case wrongLeafCount(expected: Int, found: Int)
  /// The tree has no such leaf.
  case noSuchLeaf(index: UInt64, treeSize: UInt64)
  /// The tree never had this size, or an older one is larger than a newer one.
  case noSuchTree(size: UInt64, largest: UInt64)
  /// The stored tiles belong to another tree.
  case otherTiles(treeSize: UInt64)
}

extension TransparencyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .io(let operation, let path, let errno):
      "Cannot \(operation) \(path): \(String(cString: strerror(errno)))."
    case .missingTile(let path, let treeSize):
      """
      The tree of \(treeSize) leaves has no \(path). Tiles are derived: remove the tenant's folder \
      of tiles, and they are computed again.
      """
    case .malformedTile(let path, let byteCount, let expected):
      """
      \(path) has \(byteCount) bytes where \(expected) are needed. Tiles are derived: remove the \
      tenant's folder of tiles, and they are computed again.
      """
    case .wrongLeafCount(let expected, let found):
      "\(expected) leaf hashes were asked for, \(found) came."
    case .noSuchLeaf(let index, let treeSize):
      treeSize == 0
        ? "There is no position \(index): the history has no events yet."
        : "There is no position \(index): the history has \(treeSize) events, 0 to \(treeSize - 1)."
    case .noSuchTree(0, _):
      "Every history continues the one of 0 events, so there is nothing to prove; give 1 or more."
    case .noSuchTree(let size, let largest):
      "The first \(size) of \(largest) events were asked for: there are not that many."
    case .otherTiles(let treeSize):
      """
      The stored tiles are not those of this tree of \(treeSize) leaves. Tiles are derived: remove \
      the tenant's folder of tiles, and they are computed again.
      """
    }
  }
}
