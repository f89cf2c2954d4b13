// What a monitor remembers of a tenant between its rounds. What must hold: it is stored only after
// the lines that were read came to the root that the log had signed, so the tree and the checkpoint
// are of the same events.

import Cryptography
import Foundation
import Transparency

/// What a monitor has seen of one tenant's history.
public struct MonitorRecord: Sendable, Codable, Equatable {
  /// 1,024 events, with the place before the first and the root of their part of the tree.
  struct Chunk: Sendable, Codable, Equatable {
    var place: String?
    var root: String
  }

  /// The signed note that the events came to.
  public internal(set) var checkpoint = ""
  /// How many events were read.
  public internal(set) var size: UInt64 = 0
  /// When the whole history was read last, in seconds since 1970.
  public internal(set) var wholeReadAt = 0
  /// The roots of the tree's complete parts, the largest first.
  private var nodes: [String] = []
  /// The place of the last event.
  var place: String?
  /// The place before the events that are in no chunk yet.
  var openPlace: String?
  var chunks: [Chunk] = []

  static let chunkSize: UInt64 = 1_024

  init() {}

  /// - Throws: when the bytes are not what a monitor has stored.
  public init(json: [UInt8]) throws {
    self = try JSONDecoder().decode(MonitorRecord.self, from: Data(json))
    _ = try tree
  }

  public var json: [UInt8] {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return [UInt8](try encoder.encode(self))
    }
  }

  var tree: CompactRange {
    get throws {
      let hashes = try nodes.map { try Self.digest($0) }
      guard let tree = CompactRange(size: size, nodes: hashes) else { throw NotStored() }
      return tree
    }
  }

  /// The tree of the events that are in no chunk yet.
  var openChunk: CompactRange {
    get throws {
      let count = size % Self.chunkSize
      let nodes = try tree.nodes.suffix(count.nonzeroBitCount)
      guard let chunk = CompactRange(size: count, nodes: Array(nodes)) else { throw NotStored() }
      return chunk
    }
  }

  mutating func set(_ tree: CompactRange) {
    size = tree.size
    nodes = tree.nodes.map { Base64.encode($0.bytes) }
  }

  private static func digest(_ text: String) throws -> Digest {
    guard let bytes = Base64.decode(Array(text.utf8)), bytes.count == Digest.byteCount else {
      throw NotStored()
    }
    return bytes.withUnsafeBytes { Digest(copying: $0) }
  }

  struct NotStored: Error, CustomStringConvertible {
    var description: String { "it is not what a monitor has stored" }
  }
}
