// The certificate of an erasure: a signed note (C2SP signed-note) by the log's own key, which is
// all that a check needs.
//
//   redress.erasure/v1
//   log redress/acme
//   subject cus_5
//   position 41
//   erased 2026-01-16T10:00:00.124001Z
//   key 0f6e5a1b2c3d4e5f60718293a4b5c6d7
//
// It is derived from SubjectErased, so it can be made again at any time. Its first line is no log's
// origin, so no verifier takes it for a checkpoint.

public import EventSourcing
public import Transparency

/// The statement that a person's key was destroyed.
public struct ErasureCertificate: Sendable, Hashable {
  public var tenant: TenantID
  public var subject: String
  /// The position of `SubjectErased`.
  public var position: Position
  public var time: Timestamp
  /// The fingerprint of the key; `nil` where nothing personal was ever recorded.
  public var keyFingerprint: String?

  public init(
    tenant: TenantID, subject: String, position: Position, time: Timestamp, keyFingerprint: String?
  ) {
    self.tenant = tenant
    self.subject = subject
    self.position = position
    self.time = time
    self.keyFingerprint = keyFingerprint
  }

  /// The text of the note.
  func text(origin: String) -> String {
    """
    redress.erasure/v1
    log \(origin)
    subject \(subject)
    position \(position)
    erased \(time)
    key \(keyFingerprint ?? "none")

    """
  }
}

extension CheckpointPublisher {
  /// The certificate, signed by the log's current key.
  public func sign(_ certificate: ErasureCertificate) -> SignedNote {
    let key = signingKey(of: certificate.tenant)
    return SignedNote(text: certificate.text(origin: key.verifier.name), signedBy: [key])
  }

  /// The log's current key under the name of the tenant's origin.
  func signingKey(of tenant: TenantID) -> SigningKey {
    keys.signingKey(origin: "\(logName)/\(tenant)")
  }
}
