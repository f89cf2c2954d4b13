// PUT /v1/evidence?subject=S and GET /v1/evidence/{key}, on the Unix socket only: pieces of
// evidence, each encrypted under the key of the person it belongs to.

import Cryptography
import EventLog
import EventSourcing
import Events
import Gateways
import JSON
import Operations
import PersonalData
import Routing

struct EvidenceRoutes: Sendable {
  var log: EventLog
  var evidence: SealedEvidence
  var records: OperationalRecords
  var access: RecordedAccess

  /// 10 MiB: a photo or a scanned letter.
  static let byteCountMax = 10 << 20

  private static let subject = Parameter<SubjectID>(
    ParameterDeclaration(
      "subject", form: .identifier,
      expectation: "the id of the customer or agent whose it is, whose key encrypts it",
      isRequired: true)
  ) { $0.first.flatMap { SubjectID($0) } }

  private static let sha256 = Parameter<String?>.optional(
    ParameterDeclaration(
      "sha256", form: .text(byteCount: 1...80),
      expectation: "the SHA-256 of the body as 64 lower-case hexadecimal digits")
  ) { $0.utf8.count <= 80 ? $0 : nil }

  private static let key = Parameter<Digest>(
    ParameterDeclaration(
      "key", in: .path, form: .matching("^[0-9a-f]{64}$"),
      expectation: "a key, which has 64 lower-case hexadecimal digits")
  ) { texts in
    texts.first.flatMap { text in
      Digest(hex: text).flatMap { $0.description == text ? $0 : nil }
    }
  }

  var routes: [Route] {
    [
      Route(
        .put, "/v1/evidence", "Keeps a piece of evidence.", access: .socketOnly,
        tenant: .activeInQuery, permission: .writeEvidence,
        parameters: [Self.subject, Self.sha256],
        request: RequestBody(
          "evidence", mediaTypes: [], forms: [.init("application/octet-stream", nil)],
          byteCountMax: Self.byteCountMax,
          tooLarge: .evidenceTooLarge),
        answers: [
          .json(
            "Evidence",
            .object(["key": .text, "sha256": .text, "bytes": .wholeNumber, "mime": .text]),
            .created), .problem(.unprocessableContent), .problem(.insufficientStorage),
        ], handle: put),
      Route(
        .get, "/v1/evidence/{key}", "A piece of evidence.", access: .socketOnly, tenant: .query,
        permission: .readEvidence, parameters: [Self.key, RecordedAccess.reason],
        answers: [
          Answer(.ok, "Evidence", mediaType: "*/*"), .problem(.gone),
          .problem(.serviceUnavailable),
        ], handle: get),
    ]
  }

  private func put(_ call: Call) throws -> Reply {
    let mediaType = try Self.mediaType(of: call)
    let content = call.body
    guard !content.isEmpty else {
      throw Problem.invalidValue("The body is empty; send the evidence.")
    }
    let header = EvidenceHeader(
      person: Person(call[Self.subject].rawValue, of: call.tenant), mediaType: mediaType,
      content: content)
    if let expected = call[Self.sha256], expected != header.sha256.description {
      throw Problem(
        .wrongHash,
        detail: "sha256: the body's SHA-256 is \(header.sha256), not \(expected). "
          + "Nothing was kept; send it again.")
    }
    let kept = try records.countEvidence(byteCount: content.count, of: call.tenant) {
      try evidence.put(content, header, position: log.nextPosition(of: call.tenant))
    }
    guard let key = kept else { throw Problem.erased(header.person, .conflict) }
    return .json(
      .object([
        .init("key", .string(key.description)),
        .init("sha256", .string(header.sha256.description)),
        .init("bytes", .integer(Int64(content.count))), .init("mime", .string(mediaType)),
      ]), status: .created)
  }

  private func get(_ call: Call) async throws -> Reply {
    let key = call[Self.key]
    switch try evidence.get(key, of: call.tenant) {
    case nil: throw Problem.notFound("The tenant \(call.tenant) has no evidence \(key).")
    case .content(let content, let header):
      try await access.record(.evidence, "evidence \(key) of \(header.person.subject)", by: call)
      return Reply(
        .bytes(content, mediaType: header.mediaType),
        headers: [("Content-Disposition", "attachment")])
    case .erased(let header): throw Problem.erased(header.person, .gone)
    case .keyMissing(let header):
      throw Problem(
        .keyMissing,
        detail: "The key of \(header.person) is missing, and the person was not erased. "
          + "Put back the copy of the keys that has it.")
    }
  }

  private static func mediaType(of call: Call) throws(Problem) -> String {
    let type = call.mediaType
    let parts = type.split(separator: "/", omittingEmptySubsequences: false)
    let isName: (Substring) -> Bool = { part in
      !part.isEmpty
        && part.utf8.allSatisfy {
          (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
            || [0x2B, 0x2D, 0x2E].contains($0)
        }
    }
    guard parts.count == 2, parts.allSatisfy(isName), type.utf8.count <= 100 else {
      throw .badRequest(
        "Content-Type: \(type.isEmpty ? "it is missing" : "\(type.prefix(80)) is no media type"); "
          + "send one such as image/png.")
    }
    return type
  }
}
