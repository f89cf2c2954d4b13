// The keys that tokens are verified with: a JSON Web Key Set (RFC 7517, section 5).
//
// What must hold: there is at least one key; no two have the same `kid`; each serves one algorithm.
// A set is written by an operator, so a key that could not be used is an error and not passed over.

import JSON

/// Keys of the issuers that are trusted.
public struct KeySet: Sendable {
  /// In the document's order.
  public let keys: [VerificationKey]

  /// How large a document may be.
  public static let byteCountMax = 65_536
  /// How many keys a document may have.
  public static let keyCounts = 1...100

  /// Reads a JSON Web Key Set.
  ///
  /// - Throws: ``KeySetError`` for the first key that breaks a rule of RFC 7517, 7518 or 8037, or
  ///   that could not be used here.
  public init(parsing bytes: [UInt8]) throws(KeySetError) {
    guard bytes.count <= KeySet.byteCountMax else {
      throw KeySetError(
        problem: "\(bytes.count) bytes; a key set has at most \(KeySet.byteCountMax)")
    }
    let document = try KeySet.document(bytes)
    guard let elements = document["keys"]?.elements else {
      throw KeySetError(
        member: "keys",
        problem: #"missing or no array; a key set is {"keys":[…]} (RFC 7517, section 5)"#)
    }
    guard KeySet.keyCounts.contains(elements.count) else {
      throw KeySetError(
        member: "keys",
        problem: "\(elements.count) keys; a key set has \(KeySet.keyCounts.lowerBound) to "
          + "\(KeySet.keyCounts.upperBound)")
    }
    var keys: [VerificationKey] = []
    for (index, element) in elements.enumerated() {
      let key = try KeyDocument(element, index: index).key()
      try KeySet.checkID(of: key, at: index, among: keys)
      keys.append(key)
    }
    self.keys = keys
    // What stands beside the keys; each key was checked with its own name.
    do {
      _ = try StrictObject(document)
    } catch {
      throw KeySetError(flaw: error)
    }
  }

  /// A JSON text, whose parser's own words would repeat what they found: it may be a secret.
  private static func document(_ bytes: [UInt8]) throws(KeySetError) -> JSONValue {
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      throw KeySetError(flaw: .notJSON(offset: error.offset))
    }
  }

  private static func checkID(
    of key: VerificationKey, at index: Int, among others: [VerificationKey]
  ) throws(KeySetError) {
    guard let id = key.id, let other = others.firstIndex(where: { $0.isNamed(id) }) else { return }
    throw KeySetError(
      keyIndex: index, keyID: id, member: "kid",
      problem: "keys[\(other)] has the same; each key of a set has a kid of its own")
  }
}

extension KeySetError {
  init(flaw: StrictObject.Flaw, keyIndex: Int? = nil, keyID: String? = nil) {
    switch flaw {
    case .notJSON(let offset):
      self.init(
        keyIndex: keyIndex, keyID: keyID,
        problem: "not valid JSON at byte \(offset); see RFC 8259")
    case .notAnObject:
      self.init(keyIndex: keyIndex, keyID: keyID, problem: "not a JSON object, as a key is")
    case .repeated(let name):
      self.init(
        keyIndex: keyIndex, keyID: keyID, member: name,
        problem: "occurs twice; a name occurs once in an object")
    }
  }
}

// MARK: - Which key verifies a token

extension KeySet {
  /// The key that a token's header leads to.
  ///
  /// A token without `kid` leads to the only key that serves its `alg`, if there is exactly one.
  ///
  /// - Throws: ``TokenRefusal`` where there is none, or more than one, or where the key serves
  ///   another algorithm.
  func key(for header: TokenHeader) throws(TokenRefusal) -> VerificationKey {
    guard let id = header.keyID else { return try onlyKey(for: header) }
    guard let key = keys.first(where: { $0.isNamed(id) }) else { throw .unknownKey }
    guard key.serves(header.algorithm) else { throw .wrongAlgorithm(expected: key.algorithm) }
    return key
  }

  private func onlyKey(for header: TokenHeader) throws(TokenRefusal) -> VerificationKey {
    let candidates = keys.filter { $0.serves(header.algorithm) }
    guard let key = candidates.first else { throw .unsupportedAlgorithm(supported: algorithms) }
    guard candidates.count == 1 else { throw .ambiguousKey(candidateCount: candidates.count) }
    return key
  }

  /// Those that a token of this set's keys can have.
  private var algorithms: [SignatureAlgorithm] {
    SignatureAlgorithm.allCases.filter { algorithm in keys.contains { $0.algorithm == algorithm } }
  }
}

extension VerificationKey {
  func isNamed(_ other: String) -> Bool { id?.hasSameBytes(as: other) ?? false }

  func serves(_ name: String) -> Bool { algorithm.rawValue.hasSameBytes(as: name) }
}
