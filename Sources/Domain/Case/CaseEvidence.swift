// Evidence of a case. Here is only the record of it: which bytes, under which key, for what. The
// bytes lie in the evidence store under their SHA-256, and a key names the same bytes for ever.

import EventSourcing
public import Events

/// A piece of evidence on a case's record.
public struct Evidence: Hashable, Sendable, Codable {
  public internal(set) var sha256: ContentDigest
  public internal(set) var byteCount: Int
  public internal(set) var mediaType: MediaType

  public init(sha256: ContentDigest, byteCount: Int, mediaType: MediaType) {
    self.sha256 = sha256
    self.byteCount = byteCount
    self.mediaType = mediaType
  }
}

extension SupportCase {
  /// Records evidence of the case, of a message, or of a line of a return.
  ///
  /// - Precondition: the caller has made up a key where the sender gave none.
  public static func attachEvidence(
    _ command: AttachEvidence, case supportCase: SupportCase, facts: Facts
  ) throws(MessageRejection) -> Decision {
    guard let key = command.evidenceKey else { preconditionFailure("evidence without a key") }
    let header = try supportCase.requireOpenTo(command.customerID, command.caseID, facts)
    let evidence = Evidence(
      sha256: command.sha256, byteCount: command.bytes, mediaType: command.mime)
    if let recorded = supportCase.evidence[key] {
      guard recorded == evidence else { throw .evidence(.otherEvidence(key, recorded: recorded)) }
      return .unchanged(reason: "The evidence is on record already.")
    }
    if let message = command.messageID, !supportCase.messageIDs.contains(message) {
      throw .evidence(.unknownMessage(message, command.caseID))
    }
    if let id = command.returnID, !supportCase.returnIDs.contains(id) {
      throw .evidence(.unknownReturn(id, command.caseID))
    }
    if let line = command.lineID, command.returnID == nil {
      throw .evidence(.lineWithoutReturn(line))
    }
    return .events([
      .evidenceAttached(
        EvidenceAttached(
          caseID: command.caseID, customerID: header.customerID, evidenceKey: key,
          sha256: command.sha256, bytes: command.bytes, mime: command.mime,
          description: command.description, messageID: command.messageID,
          returnID: command.returnID, lineID: command.lineID, attachedBy: facts.actor))
    ])
  }

  /// What a message shows, and what of it is new.
  func attach(
    _ attachments: [NewAttachment], to message: MessageID, customer: CustomerID, facts: Facts
  ) throws(MessageRejection) -> (attachments: [Attachment], new: [EvidenceAttached]) {
    guard let caseID else { preconditionFailure("a message of a case that is not opened") }
    var shown: [Attachment] = []
    var new: [EvidenceAttached] = []
    for attachment in attachments {
      guard let key = attachment.evidenceKey else { preconditionFailure("evidence without a key") }
      guard !shown.contains(where: { $0.evidenceKey == key }) else {
        throw .evidence(.attachedTwice(key))
      }
      shown.append(
        Attachment(
          evidenceKey: key, sha256: attachment.sha256, bytes: attachment.bytes,
          mime: attachment.mime))
      if let recorded = evidence[key] {
        let given = Evidence(
          sha256: attachment.sha256, byteCount: attachment.bytes, mediaType: attachment.mime)
        guard recorded == given else { throw .evidence(.otherEvidence(key, recorded: recorded)) }
      } else {
        new.append(
          EvidenceAttached(
            caseID: caseID, customerID: customer, evidenceKey: key, sha256: attachment.sha256,
            bytes: attachment.bytes, mime: attachment.mime, messageID: message,
            attachedBy: facts.actor))
      }
    }
    return (shown, new)
  }

  mutating func attach(_ event: EvidenceAttached) throws(InconsistentHistory) {
    try require(
      status != .closed && customerID == event.customerID && evidence[event.evidenceKey] == nil,
      "evidence \(event.evidenceKey) in a case that cannot take it")
    if let message = event.messageID {
      try require(messageIDs.contains(message), "evidence for an unknown message \(message)")
    }
    evidence[event.evidenceKey] = Evidence(
      sha256: event.sha256, byteCount: event.bytes, mediaType: event.mime)
  }
}
