// The keys that wrap personal keys. A wrapped key is AES-256-GCM under the master key, bound to its
// person, so the wrapped bytes of one person do not unwrap as another's key.

internal import Cryptography
internal import EventSourcing

/// Master keys by number; the highest wraps new keys.
public final class MasterKeys: Sendable {
  private let memory: LockedMemory
  private let numbers: [Int]

  /// - Precondition: at least one key, each of 32 bytes.
  public init(_ keys: [Int: [UInt8]]) {
    precondition(!keys.isEmpty, "no master key")
    numbers = keys.keys.sorted()
    memory = LockedMemory(byteCount: numbers.count * AES256GCM.keyByteCount)
    for (index, number) in numbers.enumerated() {
      guard let key = keys[number], key.count == AES256GCM.keyByteCount else {
        preconditionFailure("a master key has 32 bytes")
      }
      self.key(at: index).copyBytes(from: key)
    }
  }

  private func key(at index: Int) -> UnsafeMutableRawBufferPointer {
    memory[index * AES256GCM.keyByteCount..<(index + 1) * AES256GCM.keyByteCount]
  }

  var current: Int { numbers[numbers.count - 1] }

  private static func context(_ person: Person) -> [UInt8] {
    Array(lines: "personal key", person.tenant.rawValue, person.subject, "")
  }

  private static func context(secret name: String) -> [UInt8] {
    Array(lines: "secret", name, "", "")
  }

  /// Seals a secret that belongs to no person, bound to its name.
  func seal(_ secret: [UInt8], named name: String) -> [UInt8] {
    AES256GCM.seal(
      secret, key: UnsafeRawBufferPointer(self.key(at: numbers.count - 1)),
      binding: Self.context(secret: name))
  }

  /// - Returns: `nil` unless this master key sealed it under this name.
  func open(_ sealed: [UInt8], named name: String, master: Int) -> [UInt8]? {
    guard let index = numbers.firstIndex(of: master) else { return nil }
    return AES256GCM.open(
      sealed, key: UnsafeRawBufferPointer(self.key(at: index)),
      binding: Self.context(secret: name))
  }

  func wrap(_ key: UnsafeRawBufferPointer, of person: Person) -> [UInt8] {
    AES256GCM.seal(
      key, key: UnsafeRawBufferPointer(self.key(at: numbers.count - 1)),
      binding: Self.context(person))
  }

  /// - Returns: whether this master key had wrapped the key.
  func unwrap(_ wrapped: WrappedKey, into key: UnsafeMutableRawBufferPointer) -> Bool {
    guard let index = numbers.firstIndex(of: wrapped.master) else { return false }
    return AES256GCM.open(
      wrapped.bytes, key: UnsafeRawBufferPointer(self.key(at: index)),
      binding: Self.context(wrapped.person), into: key)
  }
}
