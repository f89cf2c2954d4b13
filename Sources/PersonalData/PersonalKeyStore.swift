// The port of stores of wrapped personal keys. What must hold: after `keep` returns, the keys
// survive a power cut; after `erase` returns, no copy of the key is left.

public import EventSourcing

/// A person's key, encrypted with a master key.
public struct WrappedKey: Hashable, Sendable {
  public var person: Person
  /// The tenant's position of the key's first use; earlier texts were sealed with another key.
  public var since: Position
  /// The number of the master key that wraps it.
  public var master: Int
  public var bytes: [UInt8]

  public init(person: Person, since: Position, master: Int, bytes: [UInt8]) {
    (self.person, self.since, self.master, self.bytes) = (person, since, master, bytes)
  }
}

/// The record of a destroyed key and its cause.
public struct KeyErasure: Hashable, Sendable {
  public var person: Person
  /// The position of `SubjectErased`.
  public var position: Position
  /// The key's fingerprint; `nil` where the person never had a key.
  public var fingerprint: String?

  public init(person: Person, position: Position, fingerprint: String?) {
    (self.person, self.position, self.fingerprint) = (person, position, fingerprint)
  }
}

/// The state of a person's key.
public enum KeyRecord: Hashable, Sendable {
  case key(WrappedKey)
  case erased
}

/// The numbers of keys and erasures.
public struct KeyCount: Hashable, Sendable {
  public var tenant: TenantID
  public var keys: Int
  public var erased: Int

  public init(tenant: TenantID, keys: Int, erased: Int) {
    (self.tenant, self.keys, self.erased) = (tenant, keys, erased)
  }
}

/// Stores wrapped personal keys; many threads may read, one at a time may write.
public protocol PersonalKeyStore: Sendable {
  func record(of person: Person) throws -> KeyRecord?

  /// Makes keys durable, all or none.
  func keep(_ keys: [WrappedKey]) throws

  /// Overwrites a person's key, if there is one, and records the erasure.
  func erase(_ erasure: KeyErasure) throws

  /// Records that all steps of an erasure are done.
  func markComplete(_ person: Person) throws

  /// Whether the erasure of a person is complete.
  func isComplete(_ person: Person) throws -> Bool
}
