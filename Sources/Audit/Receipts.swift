// Receipts of refunds. What must hold: a receipt has every event of the refund that its checkpoint
// covers, and each proof leads to the signed root.

import EventLog
public import EventSourcing
public import Events
import Transparency

extension CheckpointPublisher {
  /// All events of a refund, proved by a checkpoint of the history as it is now.
  ///
  /// - Returns: `nil` if the tenant has no such refund.
  /// - Throws: `LogError`, ``MissingSchema``, `TransparencyError` for a damaged tile, and as
  ///   ``checkpoint(of:)`` does.
  public func receipt(of refund: RefundID, in tenant: TenantID) throws -> RefundReceipt? {
    let note = try checkpoint(of: tenant)
    let head = try Checkpoint(text: note.text).head
    let stream = RefundReceipt.stream(of: refund)
    let lines = try lines(of: stream, in: tenant, below: head.size)
    if lines.isEmpty { return nil }
    let leaves = lines.map { ($0.position, leafHash($0.line)) }
    let proofs = try inclusionProofs(of: leaves, tenant, head)
    let events = zip(lines, proofs).map { line, proof in
      RefundReceipt.Event(
        line: String(decoding: line.line, as: UTF8.self), schemaID: line.schemaID,
        proof: TlogProof(proof: proof, checkpoint: note))
    }
    return try RefundReceipt(
      of: refund, in: tenant, events, checkpoint: note, signedBy: signingKey(of: tenant))
  }

  private struct Line {
    var position: Position
    var schemaID: String
    var line: [UInt8]
  }

  private func lines(
    of stream: StreamName, in tenant: TenantID, below size: UInt64
  ) throws -> [Line] {
    try log.waitForIndex(of: tenant, upTo: Position(size))
    var lines: [Line] = []
    try log.readStream(stream, in: tenant) { revision, position, bytes in
      guard position.value < size else { return }
      let line = Array(bytes)
      let header = try EventHeader(line: line)
      guard header.revision == revision, header.position == position else {
        throw LogError.index(
          message: "it says that position \(position) is revision \(revision) of \(stream)")
      }
      lines.append(
        Line(
          position: position, schemaID: "urn:redress:event:\(header.type):\(header.version)",
          line: line))
    }
    return lines
  }
}
