// Evidence that a command names by its key in the store must match the stored file, which must be
// encrypted with the key of the case's customer: it is erased with that customer, and a legal hold
// on the customer keeps it. Evidence in other places is not checked.

import Cryptography
import Domain
import EventSourcing
import Events
import Gateways
import PersonalData

extension SealedEvidence {
  private struct Claim {
    /// The JSON path of the evidence in the command.
    var path: String
    var name = "evidenceKey"
    var key: String?
    var sha256: ContentDigest
    var bytes: Int?
  }

  /// - Throws: ``InvalidCommand`` when the named evidence does not match or belongs to another
  ///   person.
  func check(_ submitted: SubmittedCommand, in repository: Repository) throws {
    let (claims, customer) = try claims(of: submitted, in: repository)
    for claim in claims {
      guard let key = claim.key, let digest = Digest(hex: key) else { continue }
      let found: EvidenceHeader?
      do { found = try header(digest, of: submitted.tenant) } catch {
        // A file that cannot be read delays no other command.
        throw InvalidCommand(
          path: "\(claim.path).\(claim.name)", value: key,
          problem:
            "cannot be read (\(error)). Nothing was recorded; send the command again later.")
      }
      guard let header = found else { continue }
      if header.sha256.description != claim.sha256.rawValue {
        throw InvalidCommand(
          path: "\(claim.path).sha256", value: claim.sha256.rawValue,
          problem: "is not what lies under \(key): its SHA-256 is \(header.sha256).")
      }
      if let bytes = claim.bytes, bytes != header.byteCount {
        throw InvalidCommand(
          path: "\(claim.path).bytes", value: "\(bytes)",
          problem: "is not what lies under \(key): that has \(header.byteCount) bytes.")
      }
      if let customer, customer.rawValue != header.person.subject {
        throw InvalidCommand(
          path: "\(claim.path).\(claim.name)", value: key,
          problem:
            "belongs to \(header.person.subject), and the case to \(customer). Keep the evidence "
            + "of a case with PUT /v1/evidence?subject=\(customer), "
            + "so that it is erased with that person."
        )
      }
    }
  }

  private func claims(
    of submitted: SubmittedCommand, in repository: Repository
  ) throws -> ([Claim], CustomerID?) {
    switch submitted.command {
    case .supportCase(.attachEvidence(let command)):
      let claim = Claim(
        path: "$.data", key: command.evidenceKey?.rawValue, sha256: command.sha256,
        bytes: command.bytes)
      return ([claim], command.customerID)
    case .supportCase(.postMessage(let command)):
      let claims = (command.attachments ?? []).enumerated().map { index, attachment in
        Claim(
          path: "$.data.attachments[\(index)]", key: attachment.evidenceKey?.rawValue,
          sha256: attachment.sha256, bytes: attachment.bytes)
      }
      return (claims, command.customerID)
    case .return(.requestReturn(let command)):
      let claims = command.lines.enumerated().flatMap { index, line in
        (line.photos ?? []).enumerated().map { number, photo in
          Claim(
            path: "$.data.lines[\(index)].photos[\(number)]", name: "key", key: photo.key,
            sha256: photo.sha256)
        }
      }
      return try (claims, claims.isEmpty ? nil : repository.order(command.orderID).customerID)
    default: return ([], nil)
    }
  }
}
