// GET /v1/erasures/{subject}: the certificate of an erasure. It is given once everything has let
// go: the key is destroyed, and no read model holds what was known of the person.

import Audit
import CommandHandling
import EventLog
import EventSourcing
import Events
import HTTP
import PersonalData
import Projecting
import Transparency

struct ErasureRoute: Sendable {
  var log: EventLog
  var vault: PersonalVault
  var projections: ProjectionRuntime
  var keeper: CheckpointPublisher

  func answer(_ subject: String, _ tenant: TenantID, _ request: HTTPRequest) async throws
    -> HTTPResponse
  {
    try request.allowParameters("tenant")
    let note = try await certificate(of: Person(subject, of: tenant))
    return HTTPResponse(
      status: 200,
      headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
      body: note.bytes)
  }

  /// - Throws: ``Problem`` when the person was not erased, or something still has to let go.
  func certificate(of person: Person) async throws -> SignedNote {
    let erasures = try RecordedErasure.all(of: person.tenant, in: log)
    guard let erasure = erasures.first(where: { $0.person == person }) else {
      throw Problem.notFound("\(person) was not erased; EraseSubject erases somebody.")
    }
    guard try vault.isComplete(person) else { throw unfinished("the key") }
    for model in projections.statuses.map(\.name) {
      guard await projections.wait(for: erasure.position, of: person.tenant, in: model) else {
        throw unfinished(model)
      }
    }
    if let model = projections.statuses.first(where: \.isForgetting) {
      throw unfinished(model.name)
    }
    return keeper.sign(
      ErasureCertificate(
        tenant: person.tenant, subject: person.subject, position: erasure.position,
        time: erasure.time, keyFingerprint: erasure.keyFingerprint?.rawValue))
  }

  private func unfinished(_ what: String) -> Problem {
    Problem(
      status: 503, code: "erasure-unfinished", title: "The erasure is not finished",
      detail: "It is on record, and \(what) has not let go yet; GET /readyz tells how far the read "
        + "models are. Ask again.")
  }
}

extension Problem {
  /// Of somebody who was erased nothing personal is given, or taken any more.
  static func erased(_ person: Person, status: Int) -> Problem {
    Problem(
      status: status, code: "person-erased", title: "The person was erased",
      detail: "\(person) was erased, and with them whatever was personal; "
        + "GET /v1/erasures/\(person.subject) has the certificate.")
  }
}
