// PUT /v1/evidence?subject=S and GET /v1/evidence/{key}, on the Unix socket only: pieces of
// evidence, each encrypted under the key of the person it belongs to.

import Cryptography
import EventLog
import EventSourcing
import Gateways
import HTTP
import JSON
import PersonalData

struct EvidenceRoute: Sendable {
  var log: EventLog
  var evidence: SealedEvidence

  /// 10 MiB: a photo or a scanned letter.
  static let byteCountMax = 10 << 20

  func put(_ tenant: TenantID, _ request: HTTPRequest) throws -> HTTPResponse {
    try request.allowParameters("tenant", "subject", "sha256")
    guard let subject = request.queryValue("subject"), TenantID.isValid(subject.utf8) else {
      throw Problem.badRequest(
        "subject: say whose it is, by the id of a customer or an agent; it is encrypted under their key."
      )
    }
    let mediaType = try mediaType(of: request)
    let content = request.body
    guard !content.isEmpty else {
      throw Problem.badRequest("The body is empty; send the evidence.")
    }
    guard content.count <= Self.byteCountMax else {
      throw Problem(
        status: 413, code: "evidence-too-large", title: "The evidence is too large",
        detail: "It has \(content.count) bytes; at most 10 MiB (\(Self.byteCountMax)) is possible.")
    }
    let header = EvidenceHeader(
      person: Person(subject, of: tenant), mediaType: mediaType, content: content)
    if let expected = request.queryValue("sha256"), expected != header.sha256.description {
      throw Problem(
        status: 422, code: "wrong-hash", title: "The evidence is not what was said",
        detail:
          "sha256: the body's SHA-256 is \(header.sha256), and \(expected.prefix(80)) was given. "
          + "Nothing was kept; send it again.")
    }
    guard
      let key = try evidence.put(content, header, position: log.nextPosition(of: tenant))
    else { throw Problem.erased(header.person, status: 409) }
    let answer = JSONValue.object([
      .init("key", .string(key.description)), .init("sha256", .string(header.sha256.description)),
      .init("bytes", .integer(Int64(content.count))), .init("mime", .string(mediaType)),
    ])
    return HTTPResponse(
      status: 201, headers: [("Content-Type", "application/json")],
      body: answer.json + [UInt8(ascii: "\n")])
  }

  func get(_ name: String, _ tenant: TenantID, _ request: HTTPRequest) throws -> HTTPResponse {
    try request.allowParameters("tenant")
    guard request.peer != nil else {
      throw Problem(
        status: 403, code: "socket-only", title: "Not on this address",
        detail: "Evidence is personal: it is handed out on the Unix socket only.")
    }
    guard let key = Digest(hex: name), key.description == name else {
      throw Problem.badRequest(
        "\(name.prefix(80)) is no key; one has 64 lower-case hexadecimal digits.")
    }
    switch try evidence.get(key, of: tenant) {
    case nil: throw Problem.notFound("The tenant \(tenant) has no evidence \(key).")
    case .content(let content, let header):
      return HTTPResponse(
        status: 200,
        headers: [
          ("Content-Type", header.mediaType), ("Content-Disposition", "attachment"),
          ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"),
        ], body: content)
    case .erased(let header): throw Problem.erased(header.person, status: 410)
    case .keyMissing(let header):
      throw Problem(
        status: 500, code: "key-missing", title: "The key is missing",
        detail:
          "The key of \(header.person) is not there, and nobody erased them; put back the copy "
          + "of the keys that has it.")
    }
  }

  private func mediaType(of request: HTTPRequest) throws(Problem) -> String {
    let text = request.header("content-type") ?? ""
    let type = text.prefix { $0 != ";" && $0 != " " }.lowercased()
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
        "Content-Type: \(text.prefix(80)) is no media type; send one such as image/png.")
    }
    return type
  }
}
