// What is checked about a command before any aggregate decides it: its tenant, its times, the
// revision that it expects, the time zones and the evidence that it names. Faults that its schema
// cannot detect are answered and not recorded; the others are refused by a rule.

import Calendars
import Cryptography
import Domain
public import EventSourcing
import Events
import Gateways
import PersonalData

extension DecisionCore {
  /// Checks that no aggregate can make; such commands are answered and not recorded.
  func check(
    _ submitted: SubmittedCommand, repository: Repository, now: Timestamp
  ) throws {
    let isRegistered = repository.tenant.isRegistered
    var isRegistering = false
    if case .tenant(.registerTenant) = submitted.command { isRegistering = true }
    if submitted.tenant.isReserved, submitted.tenant != .system {
      throw InvalidCommand.reserved(submitted.tenant)
    }
    guard isRegistered || isRegistering || submitted.tenant == .system else {
      throw UnknownTenant()
    }
    if let occurredAt = submitted.occurredAt, occurredAt > now {
      throw InvalidCommand(
        path: "$.occurredAt", value: occurredAt.description,
        problem: "lies in the future; give a time up to now (\(now)) or leave it out")
    }
    for (field, time) in submitted.command.reportedTimes where time > now.elsewhere {
      throw InvalidCommand(
        path: "$.data.\(field)", value: time.description,
        problem: "lies in the future; what the shop reports has happened by now (\(now))")
    }
    if let timeZone = submitted.command.newTimeZone,
      TenantCalendar(timeZone: timeZone) == nil
    {
      throw InvalidCommand(
        path: "$.data.timeZone", value: timeZone,
        problem: "is no name of the IANA time zone database; use one such as Europe/London")
    }
    try submitted.command.checkEmail()
  }

  func checkRevision(
    _ submitted: SubmittedCommand, of command: Command, repository: Repository
  ) throws {
    guard let expected = submitted.expectedRevision, let subject = command.subject else { return }
    let next = try repository.nextRevision(of: subject)
    let actual = next == .first ? nil : Revision(next.value - 1)
    if actual != expected {
      throw RevisionRejection(stream: subject.stream, expected: expected, actual: actual)
    }
  }

  /// A command's time is the time of its receipt, so that no sender can backdate a decision that
  /// came too late (R4, C1, V2, SLA). Imports may set another time, and so may a service for shop
  /// updates; a refund's history never goes back in time.
  func checkTime(
    _ occurredAt: Timestamp?, of command: Command, facts: Facts, repository: Repository
  ) throws {
    guard let occurredAt else { return }
    let isNews = facts.actor.kind == .service && command.permission == .mirrorShop
    // No rule depends on the time at which a tenant or an import begins.
    let isBeginning =
      switch command {
      case .tenant(.registerTenant), .tenant(.beginImport): true
      default: false
      }
    guard
      facts.tenant.isImporting || isNews || isBeginning || facts.actor.kind == .system
    else {
      throw PastRejection(actor: facts.actor, occurredAt: occurredAt)
    }
    guard let subject = command.subject, case .refund(let id) = subject,
      let last = try repository.loaded(id).lastTime, occurredAt < last
    else { return }
    throw TimeRejection(stream: subject.stream, occurredAt: occurredAt, last: last)
  }
}

extension InvalidCommand {
  /// A tenant that no caller may name.
  public static func reserved(_ tenant: TenantID) -> InvalidCommand {
    InvalidCommand(
      path: "$.tenant", value: tenant.rawValue,
      problem: "names that begin with _ are reserved; use another tenant")
  }
}

/// The aggregate is at another revision than the caller expected.
struct RevisionRejection: Rejection {
  var stream: StreamName
  var expected: Revision
  var actual: Revision?

  var explanation: Explanation {
    let now = actual.map { "it is at revision \($0)" } ?? "it does not exist"
    return Explanation(
      "expectedRevision", SharedRefusal.revisionMismatch,
      "\(stream) was expected at revision \(expected), but \(now). Read it and decide anew.",
      [
        "stream": stream, "expectedRevision": expected,
        "actualRevision": actual?.description ?? "none",
      ])
  }
}

/// A time other than now, outside an import.
struct PastRejection: Rejection {
  var actor: Actor
  var occurredAt: Timestamp

  var explanation: Explanation {
    Explanation(
      "Time", SharedRefusal.onlyImportsLookBack,
      "\(actor) says that this happened at \(occurredAt). "
        + "Decisions are made when they are received; leave occurredAt out. "
        + "BeginImport lets a history from elsewhere be told.",
      ["actor": actor, "occurredAt": occurredAt])
  }
}

/// A time before the refund's last event.
struct TimeRejection: Rejection {
  var stream: StreamName
  var occurredAt: Timestamp
  var last: Timestamp

  var explanation: Explanation {
    Explanation(
      "Time", SharedRefusal.beforePreviousEvent,
      "\(occurredAt) lies before the last event of \(stream), which happened at \(last). "
        + "Give the time at which it really happened, or leave occurredAt out.",
      ["stream": stream, "occurredAt": occurredAt, "lastEventAt": last])
  }
}

extension Timestamp {
  /// The latest time accepted from another clock, which may be ten minutes ahead.
  var elsewhere: Timestamp { Timestamp(microseconds: microseconds + 600_000_000) }
}

extension Command {
  /// The times that the shop reports.
  var reportedTimes: [(field: String, time: Timestamp)] {
    switch self {
    case .order(.recordOrder(let command)):
      [("placedAt", command.placedAt)] + (command.updatedAt.map { [("updatedAt", $0)] } ?? [])
        + (command.deliveredAt.map { [("deliveredAt", $0)] } ?? [])
    case .order(.amendOrder(let command)): [("updatedAt", command.updatedAt)]
    case .order(.recordDelivery(let command)): [("deliveredAt", command.deliveredAt)]
    case .order(.cancelOrder(let command)): [("cancelledAt", command.cancelledAt)]
    case .order(.capturePayment(let command)): [("capturedAt", command.capturedAt)]
    default: []
    }
  }
}

extension Command {
  /// The time zone that this command sets for its tenant or for one of the tenant's calendars.
  var newTimeZone: String? {
    switch self {
    case .tenant(.registerTenant(let command)): command.timeZone
    case .tenant(.changeTenantSettings(let command)): command.timeZone
    case .tenant(.defineSlaCalendar(let command)): command.timeZone
    default: nil
    }
  }
}

// MARK: Evidence

// Evidence that a command names by its key in the store must match the stored file, which must be
// encrypted with the key of the case's customer: it is erased with that customer, and a legal hold
// on the customer keeps it. Evidence in other places is not checked.

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
