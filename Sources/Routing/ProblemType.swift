// The kinds of problems that the service itself answers with. Each has a status and a page that
// says what it means; refusals by the domain's rules have their reasons in `Domain`. What must
// hold: a published name never changes, and every 503 says when to try again.

/// A kind of problem; the raw value is the last part of its `type`.
public enum ProblemType: String, Sendable, Hashable, CaseIterable {
  // Who asks.
  case signInRequired = "sign-in-required"
  case tokenRefused = "token-refused"
  case wrongSignature = "wrong-signature"
  case unknownPrincipal = "unknown-principal"
  case notPermitted = "not-permitted"
  case actorNotCovered = "actor-not-covered"
  case otherShop = "other-shop"
  case readOnly = "read-only"
  case socketOnly = "socket-only"
  case otherSite = "other-site"
  case wrongHost = "wrong-host"
  // The request.
  case badRequest = "bad-request"
  case malformedRequest = "malformed-request"
  case malformedBody = "malformed-body"
  case malformedCommand = "malformed-command"
  case invalidCommand = "invalid-command"
  case invalidValue = "invalid-value"
  case notFound = "not-found"
  case unknownTenant = "unknown-tenant"
  case methodNotAllowed = "method-not-allowed"
  case unsupportedMediaType = "unsupported-media-type"
  case expectationFailed = "expectation-failed"
  case tooSlow = "too-slow"
  case tooManyRequests = "too-many-requests"
  case headTooLarge = "head-too-large"
  case requestTooLarge = "request-too-large"
  case noBodyExpected = "no-body-expected"
  case commandTooLarge = "command-too-large"
  case tooManyCommands = "too-many-commands"
  case evidenceTooLarge = "evidence-too-large"
  case wrongHash = "wrong-hash"
  case notAnEntry = "not-an-entry"
  // The state of things.
  case commandIDReused = "command-id-reused"
  case tenantSuspended = "tenant-suspended"
  case personErased = "person-erased"
  case linkUsed = "link-used"
  case draftSubmitted = "draft-submitted"
  case syncJobDiffers = "sync-job-differs"
  case syncJobEnded = "sync-job-ended"
  case rebuildRunning = "rebuild-running"
  case clockNotRefused = "clock-not-refused"
  case quotaExceeded = "quota-exceeded"
  // The service.
  case busy
  case stopping
  case clockJumped = "clock-jumped"
  case historyContradicted = "history-contradicted"
  case newerRules = "newer-rules"
  case storageFailing = "storage-failing"
  case notRecorded = "not-recorded"
  case notThereYet = "not-there-yet"
  case checkpointRefused = "checkpoint-refused"
  case proofUnavailable = "proof-unavailable"
  case erasureUnfinished = "erasure-unfinished"
  case backtestRunning = "backtest-running"
  case backtestUnfinished = "backtest-unfinished"
  case rebuildFailed = "rebuild-failed"
  case keyMissing = "key-missing"
  case internalError = "internal-error"
}

extension ProblemType {
  /// Where its page is, which is the `type` of the document (RFC 9457, section 3.1.1).
  ///
  /// - Parameter code: a raw value, or a rule's reason in the same form.
  public static func path(of code: String) -> String { "/problems/\(code)" }

  /// The status that it is answered with, where nothing else is said.
  public var status: Status {
    switch self {
    case .badRequest, .malformedRequest, .malformedBody, .malformedCommand: .badRequest
    case .signInRequired, .tokenRefused, .wrongSignature: .unauthorized
    case .unknownPrincipal, .notPermitted, .actorNotCovered, .otherShop, .readOnly, .socketOnly,
      .otherSite:
      .forbidden
    case .notFound, .unknownTenant: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .tooSlow: .requestTimeout
    case .tooManyRequests: .tooManyRequests
    case .commandIDReused, .tenantSuspended, .personErased, .draftSubmitted, .syncJobDiffers,
      .syncJobEnded, .rebuildRunning, .clockNotRefused:
      .conflict
    case .linkUsed: .gone
    case .requestTooLarge, .noBodyExpected, .commandTooLarge, .tooManyCommands, .evidenceTooLarge:
      .contentTooLarge
    case .unsupportedMediaType: .unsupportedMediaType
    case .expectationFailed: .expectationFailed
    case .wrongHost: .misdirectedRequest
    case .invalidCommand, .invalidValue, .wrongHash, .notAnEntry: .unprocessableContent
    case .headTooLarge: .requestHeaderFieldsTooLarge
    case .rebuildFailed, .keyMissing, .internalError: .internalServerError
    case .quotaExceeded: .insufficientStorage
    case .busy, .stopping, .clockJumped, .historyContradicted, .newerRules, .storageFailing,
      .notRecorded, .notThereYet, .checkpointRefused, .proofUnavailable, .erasureUnfinished,
      .backtestRunning,
      .backtestUnfinished:
      .serviceUnavailable
    }
  }

  /// How long a client waits before it asks again, where nothing else is known; `nil` where waiting
  /// does not help.
  var retryAfterSeconds: Int? {
    guard status == .serviceUnavailable else { return nil }
    return isForOperators ? 30 : 5
  }

  /// Whether an operator has to act before it ends.
  private var isForOperators: Bool {
    let those: [ProblemType] = [
      .clockJumped, .historyContradicted, .newerRules, .checkpointRefused, .proofUnavailable,
      .backtestUnfinished,
    ]
    return those.contains(self)
  }
}
