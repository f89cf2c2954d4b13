// A decision as it goes into the log: each event with its place, written once as one canonical line.

import Domain
import EventLog
import EventSourcing
import Events

struct EncodedCommit {
  var events: [RecordedEvent]
  var commit: Commit
}

extension EncodedCommit {
  /// Gives events their positions and revisions and writes their lines, changing nothing else.
  ///
  /// - Throws: ``InvalidCommand`` if a line came out larger than a line may be, or unreadable.
  init(
    of events: [Event], by submission: Submission, in repository: Repository, at now: Timestamp
  ) throws {
    let command = submission.command
    var recorded: [RecordedEvent] = []
    var revisions: [Subject: Revision] = [:]
    var lines: [UInt8] = []
    let correlation = try repository.correlation(of: events)
    for event in events {
      let subject = event.subject
      let revision = try revisions[subject] ?? repository.nextRevision(of: subject)
      revisions[subject] = revision.advanced(by: 1)
      let record = RecordedEvent(
        tenant: repository.id, position: repository.nextPosition.advanced(by: recorded.count),
        stream: event.stream, revision: revision, time: command.occurredAt ?? now,
        recordedTime: now, commandID: command.id, commandHash: submission.contentHash,
        actor: submission.actor, peerUID: submission.peerUID, causation: submission.causation,
        correlation: correlation, event: event)
      let start = lines.count
      record.write(to: &lines)
      let byteCount = lines.count - start
      guard byteCount <= DecisionCore.lineByteCountMax else {
        throw InvalidCommand(
          path: "$.data", value: "\(byteCount) bytes as the event \(event.type)",
          problem: "an event is at most 1 MiB (1048576 bytes); send less in one command")
      }
      try Self.checkReadable(lines.span.extracting(start..<lines.count), as: event)
      lines.append(UInt8(ascii: "\n"))
      recorded.append(record)
    }
    self.events = recorded
    self.commit = Commit(
      tenant: repository.id, commandID: command.id, firstPosition: repository.nextPosition,
      lines: lines, streams: recorded.map(\.stream))
  }
}

extension EncodedCommit {
  /// What is recorded is read again for ever, by every read model and at every start, so a line that
  /// its own schema refuses must never get that far.
  ///
  /// - Throws: ``InvalidCommand`` if the line could not be read again.
  private static func checkReadable(_ line: Span<UInt8>, as event: Event) throws {
    do { _ = try RecordedEvent(line: line) } catch {
      throw InvalidCommand(
        path: "$.data", value: event.type,
        problem: "would come out as an event that could not be read again: \(error)")
    }
  }
}

extension Repository {
  /// What ties a case's events together: the case, where there is one.
  fileprivate func correlation(of events: [Event]) throws -> String? {
    for event in events {
      switch event.subject {
      case .supportCase(let id): return id.rawValue
      case .refund(let id):
        if case .refundRequested(let requested) = event { return requested.caseID.rawValue }
        return try refund(id).state.caseID?.rawValue
      case .tenant, .customer, .order, .command: continue
      }
    }
    return nil
  }
}
