// GET /v1/checkpoint, /v1/proof and /v1/consistency: what a tenant's history has come to, signed,
// and proofs that stand alone. Whoever has the log's public key needs nothing else to check them.

import Audit
import EventSourcing
import HTTP
import Transparency

struct ProofRoutes: Sendable {
  var keeper: CheckpointPublisher

  /// - Returns: `nil` for another path.
  func answer(_ path: [String], _ tenant: TenantID, _ request: HTTPRequest) throws -> HTTPResponse?
  {
    do {
      switch path {
      case ["v1", "checkpoint"]:
        try request.allowParameters("tenant")
        return text(try keeper.checkpoint(of: tenant).bytes)
      case ["v1", "keys"]:
        try request.allowParameters("tenant")
        let keys = keeper.verifierKeys(of: tenant).map(\.vkey).joined(separator: "\n")
        return text(Array("\(keys)\n".utf8))
      case ["v1", "proof"]:
        try request.allowParameters("tenant", "position")
        let position = Position(try number("position", of: request))
        return text(try keeper.receipt(for: position, of: tenant).bytes)
      case ["v1", "consistency"]:
        try request.allowParameters("tenant", "old", "new")
        let proof = try keeper.consistency(
          from: number("old", of: request), to: number("new", of: request), of: tenant)
        return text(proof.bytes)
      default: return nil
      }
    } catch let refusal as CheckpointRefusal {
      throw Problem(
        status: 503, code: "checkpoint-refused", title: "The checkpoint is not signed",
        detail: refusal.description)
    } catch let error as TransparencyError {
      switch error {
      case .noSuchLeaf, .noSuchTree: throw Problem.badRequest(error.description)
      case .io, .missingTile, .malformedTile, .wrongLeafCount, .otherTiles:
        throw Problem(
          status: 503, code: "proof-unavailable", title: "The proof cannot be made",
          detail: error.description)
      }
    }
  }

  private func number(_ name: String, of request: HTTPRequest) throws -> UInt64 {
    guard let value = request.queryValue(name) else {
      throw Problem.badRequest("\(name): is missing; give a whole number from 0.")
    }
    guard let number = UInt64(value) else {
      throw Problem.badRequest("\(name): \(value.prefix(60)) is not a whole number from 0.")
    }
    return number
  }

  private func text(_ bytes: [UInt8]) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      headers: [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")],
      body: bytes)
  }
}
