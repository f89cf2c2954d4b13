// Names have all lengths and come in any order, so the index stores 16 bytes of their SHA-256
// instead. Two names with one key cannot be made on purpose, and a reader of a line that the index
// led to compares the name in it.

internal import Cryptography
internal import EventSourcing

/// The key of an entry.
struct IndexKey: Hashable, Comparable, Sendable {
  /// The kind of value, in the lowest two bits of a key.
  enum Kind: UInt64, Sendable {
    /// A stream's runs of events.
    case stream
    /// A command's outcome.
    case command
    /// A stream's newest snapshot.
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

/// Makes keys of names; one thread at a time.
public final class IndexKeys {
  private let hash = SHA256()

  /// Makes a hash of its own.
  public init() {}

  private func key(_ kind: IndexKey.Kind, _ name: String, in tenant: TenantID) -> IndexKey {
    var name = name
    var tenant = tenant.rawValue
    // A snapshot's key is its stream's, but for the bits of the kind.
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
