// Names have all lengths and come in any order, so the index keeps 16 bytes of their SHA-256
// instead. Nobody can make two names with the same key, and whoever reads a line that the index led
// to still compares the name.

internal import Cryptography
internal import EventSourcing

/// What the index stores something under.
struct IndexKey: Hashable, Comparable, Sendable {
  /// What is stored; the lowest two bits of a key say it.
  enum Kind: UInt64, Sendable {
    /// Where a stream's events are.
    case stream
    /// What a command led to.
    case command
    /// An aggregate's state at some revision.
    case snapshot
  }

  /// The first eight bytes of the hash, as a big-endian number.
  var high: UInt64
  var low: UInt64

  static let byteCount = 16

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// `nil` for bits that stand for no kind.
  var kind: Kind? { Kind(rawValue: low & 3) }

  var filterKey: BloomFilter.Key { BloomFilter.Key(high: high, low: low) }

  static func < (a: IndexKey, b: IndexKey) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }

  static func == (a: IndexKey, b: IndexKey) -> Bool { a.high == b.high && a.low == b.low }

  /// The bytes are evenly distributed already.
  func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// Makes keys; one thread at a time.
final class IndexKeys {
  private let hash = SHA256()

  func key(_ kind: IndexKey.Kind, _ name: String, in tenant: TenantID) -> IndexKey {
    var name = name
    var tenant = tenant.rawValue
    // A snapshot's name is its stream's, told apart by these bits alone.
    hash.update(kind == .command ? 1 : 0)
    tenant.withUTF8 { utf8 in
      hash.update(UInt8(truncatingIfNeeded: utf8.count))
      hash.update(UnsafeRawBufferPointer(utf8))
    }
    name.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    return hash.finish().withUnsafeBytes { bytes in
      IndexKey(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & ~3
          | kind.rawValue)
    }
  }

  func stream(_ stream: StreamName, in tenant: TenantID) -> IndexKey {
    key(.stream, stream.rawValue, in: tenant)
  }

  func snapshot(of stream: StreamName, in tenant: TenantID) -> IndexKey {
    key(.snapshot, stream.rawValue, in: tenant)
  }

  func command(_ command: CommandID, in tenant: TenantID) -> IndexKey {
    key(.command, command.rawValue, in: tenant)
  }
}
