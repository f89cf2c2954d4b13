// GET /v1/erasures/{subject}: the certificate of an erasure. It is given once the key is destroyed
// and no read model holds personal data of the subject, neither a live one nor one that a rebuild
// is filling: that one has the texts until it gets to the erasure. A read model that cannot be
// looked at, because its file is gone or was replaced, is none that holds nothing.

import Audit
import CommandHandling
import EventLog
import EventSourcing
import Events
import PersonalData
import Projecting
import Routing
import Transparency

struct ErasureCertificates: Sendable {
  var log: EventLog
  var vault: PersonalVault
  var projections: ProjectionRuntime
  var publisher: CheckpointPublisher
  var eraser: Eraser
  /// How long an answer waits for the read models to let go.
  var waitSeconds: Double

  private static let subject = Parameter.path("subject", as: SubjectID.self)

  var route: Route {
    Route(
      .get, "/v1/erasures/{subject}", "The certificate of an erasure.", tenant: .query,
      permission: .readErasures, parameters: [Self.subject],
      answers: [.text("ErasureCertificate"), .problem(.serviceUnavailable)]
    ) { call in
      let person = Person(call[Self.subject].rawValue, of: call.tenant)
      return Reply(
        .bytes(try await certificate(of: person).bytes, mediaType: Reply.plainText))
    }
  }

  /// - Throws: ``Problem`` when the person was not erased, or a store still holds personal data.
  func certificate(of person: Person) async throws -> SignedNote {
    let erasures = try RecordedErasure.all(of: person.tenant, in: log)
    guard let erasure = erasures.first(where: { $0.person == person }) else {
      throw Problem.notFound("\(person) was not erased; the command EraseSubject erases a person.")
    }
    guard try vault.isComplete(person) else {
      throw unfinished("the key is not destroyed", waitingFor: eraser.delay(of: person))
    }
    // Asked before the live ones: when it ends, its files are gone or among them.
    if projections.isRebuilding {
      throw unfinished("a running rebuild of read models still holds personal data")
    }
    for model in projections.statuses.map(\.name) {
      let hasLetGo = await projections.wait(
        for: erasure.position, of: person.tenant, in: model, seconds: waitSeconds)
      guard hasLetGo else { throw unfinished("\(model) still holds personal data") }
    }
    for model in projections.inspect() {
      if let failure = model.failure {
        throw unfinished("\(model.name) may hold personal data", waitingFor: failure)
      }
      if model.isForgetting { throw unfinished("\(model.name) still holds personal data") }
    }
    return publisher.sign(
      ErasureCertificate(
        tenant: person.tenant, subject: person.subject, position: erasure.position,
        time: erasure.time, keyFingerprint: erasure.keyFingerprint?.rawValue))
  }

  private func unfinished(_ what: String, waitingFor reason: String? = nil) -> Problem {
    let cause = reason.map { " (\($0))" } ?? ""
    return Problem(
      .erasureUnfinished,
      detail: "The erasure is recorded but not finished: \(what)\(cause). "
        + "GET /readyz shows the progress of the read models. Try again.")
  }
}
