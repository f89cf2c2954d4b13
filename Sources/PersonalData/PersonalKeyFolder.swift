// Personal keys as files:
//
//   <data>/keys/                  0700
//     master-00001.key            0600: 64 hexadecimal digits, the key that wraps the others
//     keys.sqlite                 0600: the personal keys, wrapped
//     shopify-<tenant>.….secret   0600: the secrets shared with shops, sealed (ShopSecrets.swift)
//
// What must hold: a crash at any step of a rotation leaves both master keys, and every key is
// wrapped by one of the two; the next opening continues the rotation.

internal import Cryptography
internal import Glibc
internal import SQLite
internal import Transparency

/// The folder of the personal keys; one process at a time changes it.
public struct PersonalKeyFolder: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  private var database: String { path + "/keys.sqlite" }

  /// Opens the keys, creating the first master key if there are none.
  ///
  /// - Parameter needsKeys: whether the log holds sealed texts; called if there are no keys.
  /// - Throws: ``PersonalDataError``.
  public func open(
    needsKeys: () throws -> Bool
  ) throws -> (vault: PersonalVault, store: SQLiteKeyStore) {
    try DurableFile.createFolders(path, mode: 0o700)
    var numbers = try numbers()
    let hasDatabase = access(database, F_OK) == 0
    if numbers.isEmpty || !hasDatabase {
      if try needsKeys() || (numbers.isEmpty && hasDatabase) {
        throw PersonalDataError.keysLost(path: path)
      }
      if numbers.isEmpty {
        try writeMasterKey(number: 1)
        numbers = [1]
      }
    }
    let store = try opening { try SQLiteKeyStore(path: database, mode: .readWrite) }
    if numbers.count > 1 { try finishRotation(numbers, store) }
    return (PersonalVault(masters: try masterKeys(self.numbers()), store: store), store)
  }

  /// Opens the keys and changes nothing.
  ///
  /// - Returns: `nil` where there are none.
  public func openForReading() throws -> (vault: PersonalVault, store: SQLiteKeyStore)? {
    let numbers = try numbers()
    guard !numbers.isEmpty, access(database, F_OK) == 0 else { return nil }
    let store = try opening { try SQLiteKeyStore(path: database, mode: .readOnly) }
    return (PersonalVault(masters: try masterKeys(numbers), store: store), store)
  }

  /// Creates a new master key, wraps every key with it and deletes the previous master key.
  public func rotate() throws {
    guard let last = try numbers().last else { throw PersonalDataError.keysLost(path: path) }
    let store = try opening { try SQLiteKeyStore(path: database, mode: .readWrite) }
    try writeMasterKey(number: last + 1)
    try finishRotation(numbers(), store)
  }

  private func finishRotation(_ numbers: [Int], _ store: SQLiteKeyStore) throws {
    let masters = try masterKeys(numbers)
    let key = LockedMemory(byteCount: AES256GCM.keyByteCount)
    let bytes = key[0..<AES256GCM.keyByteCount]
    try opening {
      try store.rewrap { wrapped in
        guard masters.unwrap(wrapped, into: bytes) else {
          throw PersonalDataError.unreadableKey(wrapped.person, master: wrapped.master)
        }
        var new = wrapped
        new.master = masters.current
        new.bytes = masters.wrap(UnsafeRawBufferPointer(bytes), of: wrapped.person)
        return new
      }
    }
    try rewrapSecrets(masters)
    for number in numbers.dropLast() { try DurableFile.remove(file(number)) }
  }

  /// Copies master key and personal keys into another folder, replacing an earlier copy.
  public func copy(to other: PersonalKeyFolder) throws {
    guard let (_, store) = try openForReading() else {
      throw PersonalDataError.keysLost(path: path)
    }
    try DurableFile.createFolders(other.path, mode: 0o700)
    let beside = other.database + ".copying"
    unlink(beside)
    umask(0o077)
    try opening { try store.copy(to: beside) }
    let numbers = try numbers()
    for number in numbers {
      try DurableFile.replace(other.file(number), with: read(number), mode: 0o600)
    }
    for suffix in ["-wal", "-shm"] { unlink(other.database + suffix) }
    guard rename(beside, other.database) == 0 else {
      throw PersonalDataError.store("cannot write \(other.database)")
    }
    for number in try other.numbers() where !numbers.contains(number) {
      try DurableFile.remove(other.file(number))
    }
  }

  // MARK: Master keys

  /// - Throws: ``PersonalDataError``, also where there are none.
  func mastersForReading() throws -> MasterKeys {
    let numbers = try numbers()
    guard !numbers.isEmpty else { throw PersonalDataError.keysLost(path: path) }
    return try masterKeys(numbers)
  }

  private static let prefix = "master-"
  private static let suffix = ".key"

  private func file(_ number: Int) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 5 - digits.count))
    return "\(path)/\(Self.prefix)\(zeros)\(digits)\(Self.suffix)"
  }

  private func numbers() throws -> [Int] {
    try DurableFile.names(in: path).compactMap { name in
      guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix),
        let number = Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)),
        number > 0, file(number) == "\(path)/\(name)"
      else { return nil }
      return number
    }.sorted()
  }

  private func writeMasterKey(number: Int) throws {
    guard let key = Digest(randomBytes(AES256GCM.keyByteCount)) else {
      preconditionFailure("a digest has 32 bytes, as a key has")
    }
    try DurableFile.replace(file(number), with: Array("\(key)\n".utf8), mode: 0o600)
  }

  private func read(_ number: Int) throws -> [UInt8] {
    var status = stat()
    guard stat(file(number), &status) == 0 else {
      throw PersonalDataError.store("cannot look at \(file(number))")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw PersonalDataError.malformed(
        path: file(number), expected: "a key that only its owner may read: chmod 0600 it")
    }
    return try DurableFile.read(file(number)) ?? []
  }

  private func masterKeys(_ numbers: [Int]) throws -> MasterKeys {
    var keys: [Int: [UInt8]] = [:]
    for number in numbers {
      let text = try read(number)
      guard text.count == 65, text.last == UInt8(ascii: "\n"),
        let key = Digest(hex: String(decoding: text.dropLast(), as: UTF8.self))
      else {
        throw PersonalDataError.malformed(
          path: file(number), expected: "64 hexadecimal digits and a newline")
      }
      keys[number] = key.bytes
    }
    return MasterKeys(keys)
  }

  private func opening<R>(_ body: () throws -> R) throws(PersonalDataError) -> R {
    do { return try body() } catch let error as PersonalDataError {
      throw error
    } catch { throw .store(String(describing: error)) }
  }
}
