// The JSON Web Signature vectors of project Wycheproof. Each group has one key, which here is a key
// set of its own. The payloads are no claims, so the signature layer is tested alone.

import JSON
import OutsideData
import Testing
import WebTokens

private let path = "jws/json_web_signature_test.json"

/// Vectors that Wycheproof calls valid and that break a rule of ours.
private let stricter: [Int64: TokenRefusal] = [
  // The key's alg is PS256, the header's PS384: a key serves one algorithm (RFC 8725, section 3.1).
  346: .wrongAlgorithm(expected: .ps256),
  350: .wrongAlgorithm(expected: .ps256),
  // A question mark within the Base64url, which some decoders pass over (RFC 7515, section 2).
  372: .notBase64URL(.header),
  373: .notBase64URL(.payload),
]

/// Vectors called invalid that have the very key and token of one called valid: their padding was
/// lost when they were written.
private let mislabelled: [Int64: Int64] = [367: 357, 370: 357]

/// Algorithms whose keys are refused. Wycheproof calls ES512 by the name of its curve.
private let unsupported = ["RS384", "RS512", "PS384", "PS512", "ES521"]

@Suite(.enabled(if: OutsideData.isDue(path), "needs \(path) beside the checkout"))
struct `Wycheproof's signature vectors` {
  @Test func `are judged as they should be, each of them`() throws {
    var counts: [String: Int] = [:]
    for vector in try vectors() {
      let outcome = vector.judged()
      counts["\(vector.isValid ? "valid" : "invalid"), \(outcome.name)", default: 0] += 1
      #expect(vector.allows(outcome), "\(vector.id) (\(vector.comment)): \(outcome)")
    }
    #expect(
      counts == [
        "valid, accepted": 24, "valid, refused": 4, "valid, key refused": 18,
        "invalid, refused": 332, "invalid, accepted": 2, "invalid, key refused": 21,
      ])
  }

  @Test func `are mislabelled only where they repeat a valid one`() throws {
    let vectors = try vectors()
    for (id, original) in mislabelled {
      let vector = try #require(vectors.first { $0.id == id })
      let other = try #require(vectors.first { $0.id == original })
      #expect(!vector.isValid && other.isValid)
      #expect(vector.token == other.token && vector.key == other.key)
    }
  }

  @Test func `are accepted of every algorithm they have`() throws {
    var counts: [SignatureAlgorithm: Int] = [:]
    for vector in try vectors() {
      if case .accepted(let algorithm) = vector.judged(), vector.isValid {
        counts[algorithm, default: 0] += 1
      }
    }
    #expect(counts == [.hs256: 8, .es256: 2, .rs256: 8, .ps256: 6])
  }

  private func vectors() throws -> [Vector] {
    let document = try JSONValue(parsing: OutsideData.bytes(of: path))
    let groups = try #require(document["testGroups"]?.elements)
    let vectors = try groups.flatMap { group in
      let key = try #require(group["public"] ?? group["private"])
      return try #require(group["tests"]?.elements).map { try Vector($0, key: key) }
    }
    #expect(vectors.count == 401)
    return vectors
  }
}

private struct Vector {
  let id: Int64
  let comment: String
  let isValid: Bool
  let token: String
  let key: JSONValue

  init(_ test: JSONValue, key: JSONValue) throws {
    id = try #require(test["tcId"]?.integer)
    comment = try #require(test["comment"]?.string)
    isValid = try #require(test["result"]?.string) == "valid"
    token = try #require(test["jws"]?.string)
    self.key = key
  }

  func judged() -> Outcome {
    let document = JSONValue.object([.init("keys", .array([key]))])
    do {
      let keys = try KeySet(parsing: document.json)
      _ = try SignedText(Array(token.utf8)).payload(verifiedBy: keys)
      return .accepted(keys.keys[0].algorithm)
    } catch let error as KeySetError {
      return .keyRefused(error)
    } catch let refusal as TokenRefusal {
      return .refused(refusal)
    } catch {
      return .failed("\(error)")
    }
  }

  func allows(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .accepted: isValid ? stricter[id] == nil : mislabelled[id] != nil
    case .refused(let refusal): !isValid || stricter[id] == refusal
    case .keyRefused(let error):
      switch error.member {
      case "alg", "crv": unsupported.contains(key["alg"]?.string ?? "")
      // Keys for encryption.
      case "use", "key_ops": !isValid
      default: false
      }
    case .failed: false
    }
  }
}

private enum Outcome {
  case accepted(SignatureAlgorithm)
  case refused(TokenRefusal)
  case keyRefused(KeySetError)
  case failed(String)

  var name: String {
    switch self {
    case .accepted: "accepted"
    case .refused: "refused"
    case .keyRefused: "key refused"
    case .failed(let reason): reason
    }
  }
}
