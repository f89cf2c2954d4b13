// GET /v1/checkpoint, /v1/keys, /v1/proof, /v1/receipts/{refundId} and /v1/consistency: a tenant's
// signed checkpoint, and proofs that stand alone. A verifier needs the log's public key and nothing
// else.

import Audit
import EventSourcing
import Events
import Projecting
import Projections
import Routing
import Transparency

struct ProofRoutes: Sendable {
  var publisher: CheckpointPublisher
  var access: RecordedAccess
  var projections: ProjectionRuntime

  private static let position = Parameter.requiredWholeNumber("position")
  private static let refundID = Parameter.path("refundId", as: RefundID.self)
  private static let old = Parameter.requiredWholeNumber("old")
  private static let new = Parameter.requiredWholeNumber("new")

  var routes: [Route] {
    [
      proof("/v1/checkpoint", "The signed checkpoint of a tenant's history.", "Checkpoint") {
        try publisher.checkpoint(of: $0.tenant).bytes
      },
      Route(
        .get, "/v1/keys", "The verifier keys of a tenant's checkpoints.", tenant: .query,
        permission: .readProofs, answers: [.text("VerifierKeys")]
      ) { call in
        let keys = publisher.verifierKeys(of: call.tenant).map(\.vkey).joined(separator: "\n")
        return .text("\(keys)\n")
      },
      proof(
        "/v1/proof", "The proof that one event is in a signed checkpoint.", "TlogProof",
        [Self.position]
      ) { call in
        try publisher.proof(for: Position(UInt64(call[Self.position])), of: call.tenant).bytes
      },
      Route(
        .get, "/v1/receipts/{refundId}", "The receipt of a refund: its events, proved and signed.",
        tenant: .query, permission: .readProofs,
        owner: projections.owner(ofRefund: Self.refundID),
        parameters: [Self.refundID, RecordedAccess.reason],
        answers: [.json("RefundReceipt", Self.receiptShape), .problem(.serviceUnavailable)],
        handle: receipt),
      proof(
        "/v1/consistency", "The proof that a longer history extends a shorter one.",
        "ConsistencyProof", [Self.old, Self.new]
      ) { call in
        try publisher.consistency(
          from: UInt64(call[Self.old]), to: UInt64(call[Self.new]), of: call.tenant
        ).bytes
      },
    ]
  }

  private static let receiptShape = JSONShape.object([
    "format": .choice(["redress.receipt/v1"]), "tenant": .text, "refund": .text,
    "events": .list(.object(["line": .text, "proof": .text])), "checkpoint": .text,
    "statement": .text, "schemas": .list(.object(["id": .text, "text": .text])),
  ])

  private func receipt(_ call: Call) async throws -> Reply {
    let id = call[Self.refundID]
    guard let receipt = try publisher.receipt(of: id, in: call.tenant) else {
      throw Problem.notFound("The tenant \(call.tenant) has no refund \(id).")
    }
    try await access.record(.receipt, "refund/\(id)", by: call)
    let name = "\(call.tenant)-\(id).receipt.json"
    return Reply(
      .bytes(receipt.bytes, mediaType: "application/json"),
      headers: [("Content-Disposition", "attachment; filename=\"\(name)\"")])
  }

  /// A route that answers a text, or 503 while it cannot be signed or proved.
  private func proof(
    _ path: PathTemplate, _ summary: String, _ type: String,
    _ parameters: [any DeclaredParameter] = [],
    text: @escaping @Sendable (Call) throws -> [UInt8]
  ) -> Route {
    Route(
      .get, path, summary, tenant: .query, permission: .readProofs, parameters: parameters,
      answers: [.text(type), .problem(.serviceUnavailable)]
    ) { call in
      Reply(.bytes(try text(call), mediaType: Reply.plainText))
    }
  }
}
