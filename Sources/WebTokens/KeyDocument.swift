// One JSON Web Key (RFC 7517, section 4) as an operator wrote it, and the rules for its members.
// Members that say nothing about verifying, such as `x5c`, are passed over (RFC 7517, section 4).

import Cryptography
import JSON

/// The members of one key, which errors name together with its place.
struct KeyDocument {
  private let members: StrictObject
  private let index: Int
  private let id: String?

  static let idByteCounts = 1...256
  /// Members that only a signer has (RFC 7518, sections 6.2.2, 6.3.2 and 6.4.1; RFC 8037, section
  /// 2).
  private static let secretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

  init(_ value: JSONValue, index: Int) throws(KeySetError) {
    self.index = index
    id = value["kid"]?.string
    do {
      members = try StrictObject(value)
    } catch {
      throw KeySetError(flaw: error, keyIndex: index, keyID: id)
    }
  }

  func key() throws(KeySetError) -> VerificationKey {
    try checkID()
    try checkPurpose()
    return VerificationKey(id: id, material: try material())
  }

  private func checkID() throws(KeySetError) {
    guard members["kid"] != nil else { return }
    guard let id, KeyDocument.idByteCounts.contains(id.utf8.count) else {
      throw failure(
        "kid",
        "expected a text of \(KeyDocument.idByteCounts.lowerBound) to "
          + "\(KeyDocument.idByteCounts.upperBound) bytes")
    }
  }

  /// RFC 7517, sections 4.2 and 4.3.
  private func checkPurpose() throws(KeySetError) {
    if let use = members["use"], use.string?.hasSameBytes(as: "sig") != true {
      throw failure("use", "expected sig or no such member: the key verifies signatures")
    }
    guard let operations = members["key_ops"] else { return }
    guard let elements = operations.elements, elements.allSatisfy({ $0.string != nil }),
      elements.contains(where: { $0.string?.hasSameBytes(as: "verify") == true })
    else { throw failure("key_ops", #"expected an array of texts that has "verify""#) }
    guard Set(elements.map { Array(($0.string ?? "").utf8) }).count == elements.count else {
      throw failure("key_ops", "an operation occurs twice; each occurs once")
    }
  }

  /// Refuses what only the signer should have.
  func checkIsPublic() throws(KeySetError) {
    for name in KeyDocument.secretMembers where members[name] != nil {
      throw failure(
        name,
        "a private member; a key for verifying has none: export the public key alone, and "
          + "replace the key pair if this file was shared")
    }
  }

  /// The name of the algorithm, where the key has one.
  func algorithm() throws(KeySetError) -> String? {
    guard let value = members["alg"] else { return nil }
    guard let name = value.string else { throw failure("alg", "expected a text") }
    return name
  }

  /// Accepts no `alg` and exactly this one.
  func checkAlgorithm(is expected: SignatureAlgorithm) throws(KeySetError) {
    guard let name = try algorithm(), !name.hasSameBytes(as: expected.rawValue) else { return }
    throw failure(
      "alg", "found \(quoted(name)), expected \(expected.rawValue) or no such member")
  }

  /// A text that must be there.
  func text(_ name: String, _ expected: String) throws(KeySetError) -> String {
    guard let text = members[name]?.string else {
      throw failure(name, "missing or no text; expected \(expected)")
    }
    return text
  }

  /// Base64url-encoded bytes that must be there.
  func bytes(_ name: String, _ expected: String) throws(KeySetError) -> [UInt8] {
    guard let bytes = Base64URL.decode(try text(name, expected).utf8) else {
      throw failure(
        name, "not base64url without padding (RFC 7515, section 2); expected \(expected)")
    }
    return bytes
  }

  func failure(_ member: String, _ problem: String) -> KeySetError {
    KeySetError(keyIndex: index, keyID: id, member: member, problem: problem)
  }
}
