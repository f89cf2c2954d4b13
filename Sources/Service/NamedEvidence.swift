// Evidence that a command names by its key in the store must be what lies there, and under the key of the customer
// whom the case is about: with that person it is erased, and as long as nothing may be erased of them, it
// stays. What lies elsewhere, nobody here can look at.

import CommandHandling
import Cryptography
import EventSourcing
import Events
import Gateways
import PersonalData
import Projecting
import Projections

struct NamedEvidence: Sendable {
  var evidence: SealedEvidence
  var projections: ProjectionRuntime

  private struct Claim {
    /// Where in the command it stands.
    var path: String
    var name = "evidenceKey"
    var key: String?
    var sha256: ContentDigest
    var bytes: Int?
  }

  /// - Returns: `nil` for commands that name no evidence, or the right one.
  func fault(in submitted: SubmittedCommand) throws -> InvalidCommand? {
    let (claims, customer) = try claims(of: submitted)
    for claim in claims {
      guard let key = claim.key, let digest = Digest(hex: key),
        let header = try evidence.header(digest, of: submitted.tenant)
      else { continue }
      if header.sha256.description != claim.sha256.rawValue {
        return InvalidCommand(
          path: "\(claim.path).sha256", value: claim.sha256.rawValue,
          problem: "is not what lies under \(key): its SHA-256 is \(header.sha256).")
      }
      if let bytes = claim.bytes, bytes != header.byteCount {
        return InvalidCommand(
          path: "\(claim.path).bytes", value: "\(bytes)",
          problem: "is not what lies under \(key): that has \(header.byteCount) bytes.")
      }
      if let customer, customer.rawValue != header.person.subject {
        return InvalidCommand(
          path: "\(claim.path).\(claim.name)", value: key,
          problem:
            "belongs to \(header.person.subject), and the case to \(customer). Keep the evidence "
            + "of a case with PUT /v1/evidence?subject=\(customer), so that it is erased with that person."
        )
      }
    }
    return nil
  }

  private func claims(of submitted: SubmittedCommand) throws -> ([Claim], CustomerID?) {
    switch submitted.command {
    case .attachEvidence(let command):
      let claim = Claim(
        path: "$.data", key: command.evidenceKey?.rawValue, sha256: command.sha256,
        bytes: command.bytes)
      return ([claim], command.customerID)
    case .postMessage(let command):
      let claims = (command.attachments ?? []).enumerated().map { index, attachment in
        Claim(
          path: "$.data.attachments[\(index)]", key: attachment.evidenceKey?.rawValue,
          sha256: attachment.sha256, bytes: attachment.bytes)
      }
      return (claims, command.customerID)
    case .requestReturn(let command):
      let claims = command.lines.enumerated().flatMap { index, line in
        (line.photos ?? []).enumerated().map { number, photo in
          Claim(
            path: "$.data.lines[\(index)].photos[\(number)]", name: "key", key: photo.key,
            sha256: photo.sha256)
        }
      }
      guard !claims.isEmpty else { return ([], nil) }
      let order = try projections.read(OrderBalance.name) {
        try OrderBalance.order(command.orderID, tenant: submitted.tenant, in: $0)
      }
      return (claims, order.map { CustomerID(unchecked: $0.customerID) })
    default: return ([], nil)
    }
  }
}
