// The store of wrapped personal keys. What must hold: a key that `keep` has returned for survives
// a power cut, and a key that `erase` has returned for is nowhere any more.

public import EventSourcing

/// A person's key as it is kept: encrypted under a master key, and good for nothing without it.
public struct WrappedKey: Hashable, Sendable {
  public var person: Person
  /// The tenant's position from which on this key was used; what was sealed before had another.
  public var since: Position
  /// The number of the master key that wraps it.
  public var master: Int
  public var bytes: [UInt8]

  public init(person: Person, since: Position, master: Int, bytes: [UInt8]) {
    (self.person, self.since, self.master, self.bytes) = (person, since, master, bytes)
  }
}

/// The record of a destroyed key, and why.
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

/// How many keys there are.
public struct KeyCount: Hashable, Sendable {
  public var tenant: TenantID
  public var keys: Int
  public var erased: Int

  public init(tenant: TenantID, keys: Int, erased: Int) {
    (self.tenant, self.keys, self.erased) = (tenant, keys, erased)
  }
}

/// Keeps wrapped personal keys; many threads may read, one at a time may change.
public protocol PersonalKeyStore: Sendable {
  func record(of person: Person) throws -> KeyRecord?

  /// Makes keys durable, all or none.
  func keep(_ keys: [WrappedKey]) throws

  /// Overwrites a person's key, if there is one, and remembers that it was erased.
  func erase(_ erasure: KeyErasure) throws

  /// Records that every other step of an erasure is done, too.
  func markComplete(_ person: Person) throws

  /// Whether the erasure of a person is complete.
  func isComplete(_ person: Person) throws -> Bool
}
