// A decision as it goes into the log: each event with its place, written once as one canonical
// line.

import Domain
import EventLog
import EventSourcing
import Events
import PersonalData

struct EncodedCommit {
  var events: [RecordedEvent]
  /// The aggregate that each event belongs to.
  var subjects: [Subject]
  var commit: Commit

  /// Slightly more than the length of most lines.
  private static let usualLineByteCount = 768
}

extension EncodedCommit {
  /// Assigns positions and revisions and encodes the lines, without side effects.
  ///
  /// - Throws: ``InvalidCommand`` if a line came out larger than a line may be, or unreadable.
  init(
    of events: [Event], by submission: Submission, traced trace: TraceParent?,
    in repository: Repository, at now: Timestamp
  ) throws {
    let command = submission.command
    let subjects = events.map(\.subject)
    var revisions: [Subject: Revision] = [:]
    var recorded: [RecordedEvent] = []
    recorded.reserveCapacity(events.count)
    var lines: [UInt8] = []
    lines.reserveCapacity(events.count * Self.usualLineByteCount)
    let correlation = try repository.correlation(of: events, subjects)
    for (event, subject) in zip(events, subjects) {
      let revision = try revisions[subject] ?? repository.nextRevision(of: subject)
      // Most commits have one event, which nothing follows.
      if recorded.count + 1 < events.count { revisions[subject] = revision.advanced(by: 1) }
      var record = RecordedEvent(
        tenant: repository.id, position: repository.nextPosition.advanced(by: recorded.count),
        stream: event.stream, revision: revision, time: command.occurredAt ?? now,
        recordedTime: now, actor: submission.actor, peerUID: submission.peerUID,
        principal: submission.principal, commandID: command.id,
        commandHash: submission.contentHash, causation: submission.causation,
        correlation: correlation, trace: trace, event: event)
      try Self.checkReadable(record)
      // From here on personal texts are sealed, also in the aggregates in memory.
      try Self.seal(&record, with: repository.vault)
      let start = lines.count
      record.write(to: &lines)
      let byteCount = lines.count - start
      guard byteCount <= DecisionCore.lineByteCountMax else {
        throw InvalidCommand(
          path: "$.data", value: "\(byteCount) bytes as the event \(event.type)",
          problem: "an event is at most 1 MiB (1048576 bytes); send less in one command")
      }
      assert(
        Self.isRead(lines.span.extracting(start..<lines.count)), "unreadableKey missed something")
      lines.append(UInt8(ascii: "\n"))
      recorded.append(record)
    }
    self.events = recorded
    self.subjects = subjects
    self.commit = Commit(
      tenant: repository.id, commandID: command.id, firstPosition: repository.nextPosition,
      lines: lines, streams: recorded.map(\.stream))
  }
}

extension EncodedCommit {
  /// Every read model and every start reads the recorded lines again, so a line that its own schema
  /// refuses is never written.
  ///
  /// - Throws: ``InvalidCommand`` if the line could not be read again.
  private static func checkReadable(_ record: RecordedEvent) throws {
    guard let key = record.unreadableKey else { return }
    throw InvalidCommand(
      path: "$.data", value: record.event.type,
      problem: "would come out as an event that could not be read again: its \(key) would be "
        + "outside of what its schema allows")
  }

  /// - Throws: ``InvalidCommand`` when the keys record an erasure that the log does not have.
  private static func seal(_ record: inout RecordedEvent, with vault: PersonalVault) throws {
    do {
      try vault.seal(&record)
    } catch {
      guard case .erased(let person) = error else { throw error }
      throw InvalidCommand(
        path: "$.data", value: person.subject,
        problem: "was erased, as the keys say; the log is older than that: restore a newer one")
    }
  }

  /// Whether the line can be read again; debug builds assert it.
  private static func isRead(_ line: Span<UInt8>) -> Bool {
    (try? RecordedEvent(line: line)) != nil
  }
}

extension Repository {
  /// The correlation of the events: their case, if there is one.
  fileprivate func correlation(of events: [Event], _ subjects: [Subject]) throws -> String? {
    for (event, subject) in zip(events, subjects) {
      switch subject {
      case .supportCase(let id): return id.rawValue
      case .refund(let id):
        if case .refund(.refundRequested(let requested)) = event {
          return requested.caseID.rawValue
        }
        return try refund(id).caseID?.rawValue
      case .hold(let id):
        if case .hold(.payoutHoldApplied(let applied)) = event { return applied.caseID.rawValue }
        return try hold(id).header?.caseID.rawValue
      case .return(let id):
        if case .return(.returnRequested(let requested)) = event {
          return requested.caseID.rawValue
        }
        return try self.return(id).header?.caseID.rawValue
      case .tenant, .customer, .order, .privacy, .system, .command: continue
      }
    }
    return nil
  }
}
