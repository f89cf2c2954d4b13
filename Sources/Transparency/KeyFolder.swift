// The keys that sign checkpoints, as files that openssl reads too (RFC 8410):
//
//   <data>/keys/                    0700, or narrower
//     checkpoint-00002.key          0600, or narrower: PKCS #8, the key that signs
//     checkpoint-00001.pub          a public key that signed before
//
// What must hold: the highest number signs, and every number's public half is kept, so that old
// notes can be verified for ever. A private key is never replaced, and only its owner may read it.

public import Cryptography
internal import Glibc

/// The private key that signs and the public halves of those that did.
public struct CheckpointKeys: Sendable {
  /// The key that signs.
  public let current: Ed25519.PrivateKey
  /// The newest first.
  public let retired: [Ed25519.PublicKey]

  public init(current: Ed25519.PrivateKey, retired: [Ed25519.PublicKey] = []) {
    (self.current, self.retired) = (current, retired)
  }

  /// The key that signs the checkpoints of one origin.
  ///
  /// - Precondition: the origin is a valid name of a key.
  public func signingKey(origin: String) -> SigningKey {
    SigningKey(name: origin, privateKey: current)
  }

  /// The keys that verify the checkpoints of one origin, the current one first.
  ///
  /// - Precondition: the origin is a valid name of a key.
  public func verifierKeys(origin: String) -> [VerifierKey] {
    ([current.publicKey] + retired).map { VerifierKey(name: origin, publicKey: $0) }
  }
}

/// The folder of the checkpoint keys; one process at a time changes it.
public struct KeyFolder: Sendable {
  /// The folder's path.
  public let path: String

  public init(path: String) { self.path = path }

  /// Reads the keys, making folder and first key where there are none at all.
  ///
  /// - Throws: ``KeyFolderError``.
  public func open() throws(KeyFolderError) -> CheckpointKeys {
    try inFiles { () throws(TransparencyError) in try DurableFile.createFolders(path, mode: 0o700) }
    if let keys = try existing() { return keys }
    return CheckpointKeys(current: try keepNewKey(number: 1))
  }

  /// Reads the keys and changes nothing.
  ///
  /// - Returns: `nil` where there are none.
  /// - Throws: ``KeyFolderError``.
  public func existing() throws(KeyFolderError) -> CheckpointKeys? {
    if access(path, F_OK) != 0 && errno == ENOENT { return nil }
    let numbers = try numbers()
    guard let last = numbers.last else { return nil }
    guard last.isPrivate else { throw .noPrivateKey(path: file(last)) }
    let current = try privateKey(last)
    var retired: [Ed25519.PublicKey] = []
    for number in numbers.dropLast().reversed() {
      let key = number.isPrivate ? try privateKey(number).publicKey : try publicKey(number)
      if !retired.contains(key) && key != current.publicKey { retired.append(key) }
    }
    return CheckpointKeys(current: current, retired: retired)
  }

  /// Makes a new key that signs from now on, and deletes the private half of the one before.
  ///
  /// - Throws: ``KeyFolderError``, also where there is no key. After a crash in between, both are
  ///   there and the newer one signs.
  public func rotate() throws(KeyFolderError) -> CheckpointKeys {
    let numbers = try numbers()
    guard let before = try existing(), let last = numbers.last else { throw .noKeys(path: path) }
    _ = try keepNewKey(number: last.number + 1)
    for number in numbers where number.isPrivate {
      let key = number == last ? before.current.publicKey : try privateKey(number).publicKey
      let retired = KeyFile(number: number.number, isPrivate: false)
      try keep(KeyFile.encode(publicKey: key), as: retired)
      try inFiles { () throws(TransparencyError) in try DurableFile.remove(file(number)) }
    }
    guard let keys = try existing() else { throw .noKeys(path: path) }
    return keys
  }

  private func keepNewKey(number: Int) throws(KeyFolderError) -> Ed25519.PrivateKey {
    let key = Ed25519.PrivateKey.generate()
    try keep(KeyFile.encode(privateKey: key), as: KeyFile(number: number, isPrivate: true))
    return key
  }

  private func keep(_ text: String, as number: KeyFile) throws(KeyFolderError) {
    try inFiles { () throws(TransparencyError) in
      try DurableFile.replace(file(number), with: Array(text.utf8), mode: 0o600)
    }
  }

  private func file(_ key: KeyFile) -> String { "\(path)/\(key.name)" }

  /// The key files in the order of their numbers, after checking who may read the folder.
  private func numbers() throws(KeyFolderError) -> [KeyFile] {
    try checkRights(of: path, allowed: 0o700)
    let names = try inFiles { () throws(TransparencyError) in try DurableFile.names(in: path) }
    return names.compactMap(KeyFile.init(name:)).sorted()
  }

  private func privateKey(_ number: KeyFile) throws(KeyFolderError) -> Ed25519.PrivateKey {
    try checkRights(of: file(number), allowed: 0o600)
    guard let key = KeyFile.privateKey(in: try read(number)) else {
      throw .malformed(path: file(number), expected: "a PKCS #8 Ed25519 private key in PEM")
    }
    return key
  }

  private func publicKey(_ number: KeyFile) throws(KeyFolderError) -> Ed25519.PublicKey {
    guard let key = KeyFile.publicKey(in: try read(number)) else {
      throw .malformed(path: file(number), expected: "an Ed25519 public key in PEM")
    }
    return key
  }

  private func read(_ number: KeyFile) throws(KeyFolderError) -> [UInt8] {
    let path = file(number)
    let bytes = try inFiles { () throws(TransparencyError) in try DurableFile.read(path) }
    guard let bytes else { throw .file(.io(operation: "read", path: path, errno: ENOENT)) }
    return bytes
  }

  private func checkRights(of path: String, allowed: mode_t) throws(KeyFolderError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .file(.io(operation: "look at", path: path, errno: errno))
    }
    guard status.st_mode & 0o777 & ~allowed == 0 else {
      throw .readableByOthers(
        path: path, mode: Int(status.st_mode & 0o777), allowed: Int(allowed))
    }
    guard status.st_uid == geteuid() else {
      throw .foreignOwner(path: path, owner: Int(status.st_uid), user: Int(geteuid()))
    }
  }

  private func inFiles<R>(
    _ body: () throws(TransparencyError) -> R
  ) throws(KeyFolderError) -> R {
    do { return try body() } catch { throw .file(error) }
  }
}

/// Why the keys cannot be used.
public enum KeyFolderError: Error, Hashable, Sendable {
  /// Other users may read or replace a key.
  case readableByOthers(path: String, mode: Int, allowed: Int)
  case foreignOwner(path: String, owner: Int, user: Int)
  case malformed(path: String, expected: String)
  /// Only the public half of the newest key is there.
  case noPrivateKey(path: String)
  case noKeys(path: String)
  case file(TransparencyError)
}

extension KeyFolderError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .readableByOthers(let path, let mode, let allowed):
      """
      \(path) has the mode \(octal(mode)), so other users can read the keys in it. \
      chmod \(octal(allowed)) \(path), and rotate the key if another user may have read it.
      """
    case .foreignOwner(let path, let owner, let user):
      """
      \(path) belongs to user \(owner), not to user \(user), who runs this. chown it, or run as \
      \(owner).
      """
    case .malformed(let path, let expected):
      "\(path) does not hold \(expected). Restore it from a backup."
    case .noPrivateKey(let path):
      """
      The private half of \(path) is missing. Restore it from a backup, or put a new key with the \
      next number beside it: openssl genpkey -algorithm ed25519.
      """
    case .noKeys(let path): "\(path) holds no keys. Put a copy of them there."
    case .file(let error): error.description
    }
  }

  private func octal(_ mode: Int) -> String { "0" + String(mode, radix: 8) }
}
