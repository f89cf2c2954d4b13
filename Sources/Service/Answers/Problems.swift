// The one place where errors become problems. What each kind of them means is in `ProblemType`; the
// detail says what is wrong in this case, and what would be right.

import Audit
import CommandHandling
import ErrorClasses
import EventSourcing
import Events
import JSON
import Operations
import PersonalData
import Projecting
import Routing
import Transparency

extension Problem {
  /// What a handler threw. An error that no caller can act on goes into the log.
  init(_ error: any Error, requestID: String) {
    switch error {
    case let problem as Problem: self = problem
    case let refusal as SyncJobRefusal: self.init(refusal)
    case let exceeded as QuotaExceeded:
      self.init(
        .quotaExceeded, detail: "\(exceeded.explanation) Nothing was kept.",
        extensions: [exceeded.json])
    case let refusal as DraftRefusal:
      self.init(.draftSubmitted, detail: refusal.explanation)
    case let refusal as CheckpointRefusal where ErrorClass(of: refusal) == .contradiction:
      self.init(.checkpointRefused, detail: refusal.description)
    case let mismatch as CheckpointMismatch:
      self.init(.checkpointRefused, detail: mismatch.description)
    case let error as TransparencyError: self.init(error)
    case let error as UnknownReadModel: self = .notFound(error.description)
    case let error as RebuildRunning:
      self.init(.rebuildRunning, detail: error.description)
    case let error as RebuildFailed:
      self.init(.rebuildFailed, detail: error.description)
    default:
      complain(.error, "requests", "\(error)", requestID: requestID)
      self = ErrorClass(of: error) == .passing ? .storageFailing("\(error)") : .internalError
    }
  }

  /// A file could not be read or written, which passes.
  static func storageFailing(_ reason: String) -> Problem {
    Problem(
      .storageFailing,
      detail: "\(reason) The service tries again by itself; GET /readyz says whether it still "
        + "fails. Then send the same again.")
  }

  private init(_ refusal: SyncJobRefusal) {
    switch refusal {
    case .unknown: self = .notFound(refusal.explanation)
    case .otherJob: self.init(.syncJobDiffers, detail: refusal.explanation)
    case .ended: self.init(.syncJobEnded, detail: refusal.explanation)
    }
  }

  private init(_ error: TransparencyError) {
    switch error {
    case .noSuchLeaf, .noSuchTree: self = .invalidValue(error.description)
    case .io: self = .storageFailing(error.description)
    case .missingTile, .malformedTile, .wrongLeafCount, .otherTiles:
      self.init(.proofUnavailable, detail: error.description)
    }
  }

  static let internalError = Problem(
    .internalError,
    detail: "The request failed; the service's log has the cause under its requestId.")

  /// Personal data of an erased person is neither given nor taken.
  static func erased(_ person: Person, _ status: Status) -> Problem {
    Problem(
      .personErased, status: status,
      detail: "\(person) was erased with all personal data; "
        + "GET /v1/erasures/\(person.subject) has the certificate.")
  }

  // MARK: Malformed bodies

  /// - Parameter noun: what the body should be, with its article.
  static func malformedBody(_ error: JSONError, _ noun: String) -> Problem {
    Problem(
      .malformedBody, detail: "This is not \(noun): \(error.description)",
      extensions: place(of: error))
  }

  static func malformedCommand(_ error: JSONError) -> Problem {
    Problem(
      .malformedCommand, detail: error.description,
      extensions: place(of: error))
  }

  private static func place(of error: JSONError) -> [JSONValue.Member] {
    [.init("path", .string(error.path)), .init("byte", .integer(Int64(error.offset)))]
  }

  // MARK: Commands

  init(_ invalid: InvalidCommand) {
    self.init(
      .invalidCommand,
      detail: "\(invalid.path): \(invalid.value) \(invalid.problem)",
      extensions: [.init("path", .string(invalid.path))])
  }

  static func clockJumped(_ jump: ClockJump) -> Problem {
    Problem(
      .clockJumped,
      detail: "Nothing was recorded. \(jump) Then send the same command again, with the same id.",
      extensions: [
        .init("from", .string("\(jump.from)")), .init("to", .string("\(jump.to)")),
      ], retryAfterSeconds: 30)
  }

  static func unknownTenant(_ command: SubmittedCommand) -> Problem {
    Problem(
      .unknownTenant,
      detail: "The tenant \(command.tenant) is not registered. Check the name at $.tenant, or "
        + "register it with RegisterTenant.")
  }

  static func commandTooLarge(_ byteCount: Int) -> Problem {
    Problem(
      .commandTooLarge,
      detail: "The command has \(byteCount) bytes; at most 1 MiB (1048576 bytes) is possible. "
        + "Send less in one command.")
  }

  /// What an outcome that is no success says; `nil` for a success.
  ///
  /// - Parameter isReplay: whether it repeats an earlier one.
  init?(_ outcome: Outcome, isReplay: Bool, of command: SubmittedCommand) {
    switch outcome {
    case .accepted, .unchanged: return nil
    case .rejected(let rejected, let event):
      self.init(
        rejected, detail: rejected.detail,
        [.init("recorded", event.json)] + (isReplay ? [.init("replay", .bool(true))] : []))
    case .refusedUnrecorded(let rejected, let excess):
      let exceeded = QuotaExceeded(
        .refusals, of: command.tenant, used: excess.used, limit: excess.limit)
      self.init(
        rejected,
        detail: "\(rejected.detail) The refusal was not recorded, so the same command is decided "
          + "again when it is sent again. \(exceeded.explanation)", [exceeded.json])
    case .conflict:
      self.init(
        .commandIDReused,
        detail: "The id \(command.id) was used for a command with other content. "
          + "An id names one command for ever: use a new one for a new command.")
    case .unknownTenant: self = .unknownTenant(command)
    case .invalid(let invalid): self.init(invalid)
    case .stopping:
      self.init(
        .stopping,
        detail: "The service is stopping. Nothing was recorded. Send the same command again, with "
          + "the same id.")
    case .readOnly(let reason):
      self.init(
        .historyContradicted,
        detail: "The service is read-only. Nothing was recorded. \(reason)")
    case .newerRules(let reason):
      self.init(.newerRules, detail: "Nothing was recorded. \(reason)")
    case .storageFailing(let reason):
      self = .storageFailing("Nothing was recorded. \(reason)")
    case .clockJumped(let jump): self = .clockJumped(jump)
    }
  }

  private init(_ rejected: CommandRejected, detail: String, _ more: [JSONValue.Member]) {
    self.init(
      refusedFor: rejected.reason.kebabCased, detail: detail,
      extensions: [
        .init("rule", .string(rejected.rule)), .init("reason", .string(rejected.reason)),
        .init(
          "facts",
          .object(rejected.facts.map { JSONValue.Member($0.name, .string($0.value)) })),
      ] + more)
  }
}

extension QuotaExceeded {
  static let shape = JSONShape.object([
    "name": .text, "used": .wholeNumber, "limit": .wholeNumber,
  ])

  /// The member `quota` of a problem.
  fileprivate var json: JSONValue.Member {
    .init(
      "quota",
      .object([
        .init("name", .string(quota.rawValue)), .init("used", .integer(Int64(used))),
        .init("limit", .integer(Int64(limit))),
      ]))
  }
}

extension EventReference {
  static let shape = JSONShape.object([
    "type": .text, "stream": .text, "position": .wholeNumber, "revision": .wholeNumber,
  ])

  var json: JSONValue {
    .object([
      .init("type", .string(type)), .init("stream", .string(stream.rawValue)),
      .init("position", .integer(Int64(position.value))),
      .init("revision", .integer(Int64(revision.value))),
    ])
  }
}

extension String {
  /// `outside-return-window` of `outsideReturnWindow`.
  var kebabCased: String {
    reduce(into: "") { text, character in
      text += character.isUppercase ? "-\(character.lowercased())" : String(character)
    }
  }
}
