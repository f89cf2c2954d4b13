// Seals and opens personal texts, each under its person's own key. What must hold:
//
// - A key is durable before any line that it seals: who hands lines over calls `makeDurable()`
//   first. Until then new keys accumulate, so that many of them cost one sync. Keys that a failing
//   disk refuses stay in memory, and are kept once it takes them.
// - Nothing is sealed for a person whose key was destroyed, and no second key is made.
// - A key leaves this file only wrapped or as a fingerprint.

public import Cryptography
public import EventSourcing
internal import Events
import Synchronization

/// The personal keys of all tenants.
public final class PersonalVault: Sendable {
  private struct State {
    var ring: KeyRing
    /// Persons whose new keys are not durable yet.
    var new: [Person] = []
    var newKeyUseCount = 0
    /// Called when the disk begins to refuse new keys.
    var onRefusal: (@Sendable (PersonalDataError) -> Void)?
    var isRefused = false
  }

  private let masters: MasterKeys
  private let store: any PersonalKeyStore
  private let state: Mutex<State>
  private let random: @Sendable (UnsafeMutableRawBufferPointer) -> Void
  /// Held while keys become durable.
  private let writing = Mutex(())

  /// The most keys in memory; fewer if the system limits locked memory.
  public static let keysInMemoryMax = 16_384

  /// - Parameter random: the source of keys and nonces; simulations pass a repeatable one.
  public init(
    masters: MasterKeys, store: any PersonalKeyStore, keysInMemory: Int = keysInMemoryMax,
    random: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void = fillWithRandomBytes
  ) {
    self.random = random
    self.masters = masters
    self.store = store
    let lockable = LockedMemory.limit / 2 / AES256GCM.keyByteCount
    state = Mutex(
      State(ring: KeyRing(keyCount: max(64, min(keysInMemory, lockable)))))
  }

  /// Whether the keys in memory are kept out of swap files.
  public var isLocked: Bool { state.withLock { $0.ring.isLocked } }

  // MARK: Texts

  /// Encrypts a personal text, creating the person's key if there is none.
  public func seal(
    _ text: String, of person: Person, at place: PersonalPlace, position: Position
  ) throws(PersonalDataError) -> String {
    let bytes = try withKey(of: person, makingAt: position) { key, _ in
      AES256GCM.seal(Array(text.utf8), key: key, binding: place.bytes, random: random)
    }
    guard let bytes else { throw .erased(person) }
    return SealedText(subject: person.subject, bytes: bytes).text
  }

  /// Opens a recorded text.
  ///
  /// - Parameter position: the text's position in the tenant's history.
  public func read(
    _ text: String, of person: Person, at place: PersonalPlace, position: Position
  ) throws(PersonalDataError) -> PersonalReading {
    guard PersonalText.isSealed(text) else { return .clear(text) }
    guard let sealed = SealedText(text), sealed.subject == person.subject else { return .damaged }
    let reading = try withKey(of: person) { key, since -> PersonalReading in
      if let bytes = AES256GCM.open(sealed.bytes, key: key, binding: place.bytes) {
        return .opened(String(decoding: bytes, as: UTF8.self))
      }
      // The key is younger than the text, so the key that sealed the text was lost.
      return since > position ? .keyMissing : .damaged
    }
    if let reading { return reading }
    return try isErased(person) ? .erased : .keyMissing
  }

  /// Encrypts bytes outside the log.
  ///
  /// - Returns: `nil` for an erased person.
  public func seal(
    _ bytes: [UInt8], of person: Person, binding context: [UInt8], position: Position
  ) throws(PersonalDataError) -> [UInt8]? {
    try withKey(of: person, makingAt: position) { key, _ in
      AES256GCM.seal(bytes, key: key, binding: context, random: random)
    }
  }

  /// Decrypts such bytes.
  public func open(
    _ bytes: [UInt8], of person: Person, binding context: [UInt8]
  ) throws(PersonalDataError) -> OpenedBytes {
    let opened = try withKey(of: person) { key, _ -> OpenedBytes in
      AES256GCM.open(bytes, key: key, binding: context).map { .opened($0) } ?? .damaged
    }
    if let opened { return opened }
    return try isErased(person) ? .erased : .keyMissing
  }

  /// A keyed hash of personal bytes; after the erasure no guess can be confirmed with it.
  ///
  /// - Parameter position: the first use of a key that is created now; `nil` creates none.
  /// - Returns: `nil` where the person has no key.
  func hash(
    _ bytes: [UInt8], of person: Person, makingAt position: Position?
  ) throws(PersonalDataError) -> Digest? {
    try withKey(of: person, makingAt: position) { key, _ in HMAC.sha256(bytes, key: key) }
  }

  // MARK: Keys

  /// A fingerprint of the key, 32 hexadecimal digits; it does not reveal the key.
  ///
  /// - Returns: `nil` where the person has no key.
  public func fingerprint(of person: Person) throws(PersonalDataError) -> String? {
    try withKey(of: person) { key, _ in
      let digest = SHA256.hash(Array("personal key\n".utf8) + key)
      return String(digest.description.prefix(32))
    }
  }

  /// Whether the person's key was destroyed.
  public func isErased(_ person: Person) throws(PersonalDataError) -> Bool {
    try inStore { try store.record(of: person) == .erased }
  }

  /// How often something was sealed under a key that was not durable yet: a caller that finds the
  /// same number before and after its work need not make keys durable.
  public var newKeyUseCount: Int { state.withLock { $0.newKeyUseCount } }

  /// Calls back when the disk begins to refuse new keys, for a part that tries again.
  public func onRefusal(_ call: @escaping @Sendable (PersonalDataError) -> Void) {
    state.withLock { $0.onRefusal = call }
  }

  /// Makes every used key durable.
  public func makeDurable() throws(PersonalDataError) {
    let failure = writing.withLock { _ -> PersonalDataError? in
      do throws(PersonalDataError) {
        try keepNewKeys()
        return nil
      } catch { return error }
    }
    let call = state.withLock { state in
      defer { state.isRefused = failure != nil }
      return state.isRefused ? nil : state.onRefusal
    }
    guard let failure else { return }
    call?(failure)
    throw failure
  }

  private func keepNewKeys() throws(PersonalDataError) {
    let new = state.withLock { $0.new }
    if new.isEmpty { return }
    let keys = new.map { person in state.withLock { wrap(person, in: &$0) } }
    try inStore { try store.keep(keys) }
    state.withLock { state in
      state.new.removeFirst(new.count)
      for person in new { state.ring.markDurable(person) }
    }
  }

  private func wrap(_ person: Person, in state: inout State) -> WrappedKey {
    guard let place = state.ring.place(of: person), let since = state.ring.since(at: place) else {
      preconditionFailure("a key that is not durable yet was given up")
    }
    return WrappedKey(
      person: person, since: since, master: masters.current,
      bytes: masters.wrap(UnsafeRawBufferPointer(state.ring.key(at: place)), of: person))
  }

  /// Destroys a person's key, in memory and on the disk.
  public func destroy(_ erasure: KeyErasure) throws(PersonalDataError) {
    // A new key must not become durable after the erasure.
    try makeDurable()
    try inStore { try store.erase(erasure) }
    state.withLock { $0.ring.remove(erasure.person) }
  }

  /// Records that an erasure is complete.
  public func markComplete(_ person: Person) throws(PersonalDataError) {
    try inStore { try store.markComplete(person) }
  }

  /// Whether an erasure is complete and the key is destroyed.
  public func isComplete(_ person: Person) throws(PersonalDataError) -> Bool {
    try inStore { try store.isComplete(person) }
  }

  /// Uses a person's key.
  ///
  /// - Parameter position: the first use of a key that is created now; `nil` creates none.
  /// - Returns: `nil` where there is no key, or for an erased person.
  private func withKey<R: Sendable>(
    of person: Person, makingAt position: Position? = nil,
    _ body: (UnsafeRawBufferPointer, _ since: Position) -> R
  ) throws(PersonalDataError) -> R? {
    while true {
      let result = state.withLock { state -> Result<R?, PersonalDataError>? in
        do throws(PersonalDataError) {
          guard let place = try find(person, makingAt: position, in: &state) else {
            return .success(nil)
          }
          if place < 0 { return nil }
          if position != nil, state.ring.isPending(at: place) { state.newKeyUseCount += 1 }
          let since = state.ring.since(at: place) ?? .first
          return .success(body(UnsafeRawBufferPointer(state.ring.key(at: place)), since))
        } catch { return .failure(error) }
      }
      if let result { return try result.get() }
      // Keys that are not durable yet fill the memory.
      try makeDurable()
    }
  }

  /// - Returns: the key's index; -1 if there is no room for it; `nil` if there is no key.
  private func find(
    _ person: Person, makingAt position: Position?, in state: inout State
  ) throws(PersonalDataError) -> Int? {
    if let place = state.ring.place(of: person) { return place }
    switch try inStore({ try store.record(of: person) }) {
    case .erased: return nil
    case .key(let wrapped):
      let entry = KeyRing.Entry(person: person, since: wrapped.since)
      guard let place = state.ring.add(entry) else { return -1 }
      guard masters.unwrap(wrapped, into: state.ring.key(at: place)) else {
        state.ring.remove(person)
        throw .unreadableKey(person, master: wrapped.master)
      }
      return place
    case nil:
      guard let position else { return nil }
      let entry = KeyRing.Entry(person: person, since: position, isPending: true)
      guard let place = state.ring.add(entry) else { return -1 }
      random(state.ring.key(at: place))
      state.new.append(person)
      return place
    }
  }

  private func inStore<R>(_ body: () throws -> R) throws(PersonalDataError) -> R {
    do { return try body() } catch { throw .store(String(describing: error)) }
  }
}

/// A recorded personal text, opened.
public enum PersonalReading: Hashable, Sendable {
  /// Recorded before there was any encryption.
  case clear(String)
  case opened(String)
  /// The person was erased.
  case erased
  /// There is no key, and the person was not erased.
  case keyMissing
  /// It does not open under its key.
  case damaged
}

/// The result of opening sealed bytes.
public enum OpenedBytes: Hashable, Sendable {
  case opened([UInt8])
  case erased
  case keyMissing
  case damaged
}
