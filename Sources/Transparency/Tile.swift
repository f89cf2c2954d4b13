// Where a tree's hashes are stored (C2SP tlog-tiles): tile N of level L holds, side by side, the
// roots of the complete subtrees of 256^L leaves from number 256 N on.
//
//   tile/1/x001/x234/067        256 hashes, 8,192 bytes
//   tile/1/x001/x234/067.p/12   its first 12 hashes, while there are no more
//
// What must hold: each tile has one path and each path at most one tile.

internal import Cryptography

/// The place and width of one tile.
public struct Tile: Hashable, Sendable {
  /// 0 for leaf hashes, to 7.
  public let level: Int
  /// The tile's place in its level, from 0.
  public let index: UInt64
  /// How many hashes it holds, 1 to 256.
  public let width: Int

  /// The most hashes that a tile holds.
  public static let fullWidth = 256
  /// A tile holds a subtree of this height.
  static let height: UInt64 = 8
  /// The last level of a tree that can have fewer than 2^64 leaves.
  static let lastLevel = 7

  /// - Precondition: level 0 to 7, width 1 to 256.
  public init(level: Int, index: UInt64, width: Int = Tile.fullWidth) {
    precondition((0...Tile.lastLevel).contains(level), "there is no tile level \(level)")
    precondition((1...Tile.fullWidth).contains(width), "there is no tile width \(width)")
    (self.level, self.index, self.width) = (level, index, width)
  }

  /// The tile of a tree of some size, if the tree has it.
  ///
  /// - Returns: `nil` when the tree is too small.
  public init?(level: Int, index: UInt64, inTreeOf size: UInt64) {
    let entries = size >> (Tile.height * UInt64(level))
    let (first, overflow) = index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
    guard !overflow, first < entries else { return nil }
    self.init(
      level: level, index: index, width: Int(min(UInt64(Tile.fullWidth), entries - first)))
  }

  /// Whether no further hash fits.
  public var isFull: Bool { width == Tile.fullWidth }

  /// The tile that this one becomes.
  public var full: Tile { Tile(level: level, index: index) }

  /// Relative to the folder of the tree; no component is longer than eight bytes.
  public var path: String {
    isFull ? fullPath : "\(partialFolder)/\(width)"
  }

  /// Where the tile is while it is not full.
  public var partialFolder: String { fullPath + ".p" }

  private var fullPath: String {
    var groups: [String] = []
    var rest = index
    repeat {
      let digits = String(rest % 1000)
      groups.insert(String(repeating: "0", count: 3 - digits.count) + digits, at: 0)
      rest /= 1000
    } while rest > 0
    let folders = groups.dropLast().map { "x\($0)/" }.joined()
    return "tile/\(level)/\(folders)\(groups[groups.count - 1])"
  }

  /// Reads what ``path`` writes.
  ///
  /// - Returns: `nil` for anything else.
  public init?(path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == "tile", let level = Int(parts[1]),
      (0...Tile.lastLevel).contains(level)
    else { return nil }
    var groups = parts[2...]
    var width = Tile.fullWidth
    if groups.count >= 2, groups[groups.endIndex - 2].hasSuffix(".p") {
      guard let partial = Int(groups.removeLast()), (1..<Tile.fullWidth).contains(partial) else {
        return nil
      }
      width = partial
      groups.append(groups.removeLast().dropLast(2))
    }
    let digits = groups.joined().filter { $0 != "x" }
    guard let index = UInt64(digits) else { return nil }
    self.init(level: level, index: index, width: width)
    guard path.utf8.elementsEqual(self.path.utf8) else { return nil }
  }
}

extension Tile {
  /// The hashes side by side.
  static func bytes(of hashes: [Digest]) -> [UInt8] { hashes.flatMap(\.bytes) }

  /// - Throws: ``TransparencyError/malformedTile(path:byteCount:expected:)`` for any other length.
  func hashes(from bytes: [UInt8]) throws(TransparencyError) -> [Digest] {
    let expected = width * Digest.byteCount
    guard bytes.count == expected else {
      throw .malformedTile(path: path, byteCount: bytes.count, expected: expected)
    }
    return bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: expected, by: Digest.byteCount).map {
        Digest(copying: UnsafeRawBufferPointer(rebasing: bytes[$0..<$0 + Digest.byteCount]))
      }
    }
  }
}
