// What events of the service itself say, in words.

public import Events

extension EventWords {
  func words(of event: SystemEvent) -> String {
    switch event {
    case .dataAccessed(let event):
      """
      \(event.kind.words) to \(event.by): \(event.what) of \(event.tenant)\
      \(event.reason.map { ", because: \($0)" } ?? "")
      """
    case .operatorActed(let event): "\(event.action.words) by \(event.by): \(event.what)"
    case .projectionVerified(let event):
      """
      \(event.name) in version \(event.version) has the first \(event.upTo) commits and the digest \
      \(event.digest)
      """
    case .auditCompleted(let event):
      """
      \(event.eventCount) events of \(event.tenant), \
      \(event.controls.reduce(0) { $0 + $1.findings }) findings
      """
    }
  }
}

extension AccessKind {
  /// A noun phrase.
  public var words: String {
    switch self {
    case .personalTexts: "personal texts"
    case .evidence: "evidence"
    case .export: "an export"
    case .receipt: "a receipt"
    case .asOf: "read models of an earlier time"
    }
  }
}

extension OperatorActionKind {
  /// A sentence without a period.
  public var words: String {
    switch self {
    case .signingKeyRotated: "a new signing key"
    case .masterKeyRotated: "a new master key"
    case .keysCopied: "a copy of the keys"
    case .shopSecretStored: "a stored secret of a shop"
    case .shopSecretShown: "a shown secret of a shop"
    case .backupMade: "a backup"
    case .backupRestored: "a restored backup"
    case .clockAccepted: "an accepted clock"
    }
  }
}
