// What a token says of its signature (RFC 7515, section 4). It may name a key of the set; it brings
// no key of its own and asks for no extension (RFC 8725, sections 3.1, 3.10 and 3.11).

import JSON

/// The JOSE header of a token whose rules hold. Nothing of it is verified yet.
struct TokenHeader {
  /// As the token has it: compared with the key's algorithm, and never chooses one.
  let algorithm: String
  let keyID: String?

  /// Members that bring a key, or say where to fetch one.
  private static let keyMembers = ["jku", "jwk", "x5u", "x5c"]
  private static let types = ["jwt", "at+jwt"]

  init(_ bytes: [UInt8]) throws(TokenRefusal) {
    let members = try StrictObject(bytes, of: .header)
    for name in TokenHeader.keyMembers where members[name] != nil {
      throw .embeddedKey(member: name)
    }
    if members["crit"] != nil { throw .criticalExtension }
    if members["b64"] != nil { throw .unencodedPayload }
    try TokenHeader.checkType(members["typ"])
    guard let algorithm = members["alg"]?.string else { throw .noAlgorithm }
    guard algorithm.lowercasedASCII != "none" else { throw .unsigned }
    self.algorithm = algorithm
    keyID = try TokenHeader.keyID(members["kid"])
  }

  /// RFC 8725, section 3.11. RFC 9068, section 2.1 names access tokens `at+jwt`.
  private static func checkType(_ value: JSONValue?) throws(TokenRefusal) {
    guard let value else { return }
    guard let type = value.string?.lowercasedASCII, types.contains(where: type.hasSameBytes)
    else { throw .wrongType }
  }

  private static func keyID(_ value: JSONValue?) throws(TokenRefusal) -> String? {
    guard let value else { return nil }
    guard let id = value.string else { throw .malformedKeyID }
    return id
  }
}

extension String {
  /// With A–Z as a–z and everything else as it is.
  fileprivate var lowercasedASCII: String {
    let lower = utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    return String(decoding: lower, as: UTF8.self)
  }
}

extension StrictObject {
  /// Reads a part of a token.
  init(_ bytes: [UInt8], of part: TokenPart) throws(TokenRefusal) {
    do {
      try self.init(parsing: bytes)
    } catch {
      switch error {
      case .notJSON, .notAnObject: throw .notAnObject(part)
      case .repeated: throw .repeatedMember(part)
      }
    }
  }
}
