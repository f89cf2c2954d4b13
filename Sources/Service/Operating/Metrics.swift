// Counters in Prometheus' text format. They count since the process started; what the history holds
// is counted by the log.

import CommandHandling
import EventLog
import EventSourcing
import Operations
import Projecting
import Synchronization

final class Metrics: Sendable {
  /// What became of a command. The most frequent first.
  enum CommandOutcome: String, CaseIterable {
    case accepted, unchanged, rejected, conflict, invalid, malformed, replayed, retry
  }

  private let commandCounts = Mutex<[CommandOutcome: Int]>([:])
  private let requestCount = Atomic<UInt64>(0)

  func countRequest() { requestCount.add(1, ordering: .relaxed) }

  func count(_ answer: CommandHandling.Answer) {
    count(answer.isReplay ? .replayed : answer.outcome.counted)
  }

  func countMalformed() { count(.malformed) }

  private func count(_ outcome: CommandOutcome) {
    commandCounts.withLock { $0[outcome, default: 0] += 1 }
  }

  func text(
    log: EventLog, statuses: [ProjectionStatus], health: Health, records: RecordsSummary,
    waitingMessages: Int
  ) -> String {
    let end = log.durableEnd
    let counts = commandCounts.withLock { $0 }
    var text = MetricsText()
    text.add("redress_log_commits", .gauge, "Durable commits in the log.", end.value)
    text.add(
      "redress_http_requests_total", .counter, "Requests since the service started.",
      requestCount.load(ordering: .relaxed))
    text.add(
      "redress_commands_total", .counter,
      "Commands answered since the service started, by outcome.", label: "outcome",
      CommandOutcome.allCases.map { ($0.rawValue, UInt64(counts[$0] ?? 0)) })
    text.add(
      "redress_commands_refused", .gauge,
      "Whether commands are refused, because the history contradicts itself (1) or not (0).",
      health.refusal == nil ? 0 : 1)
    text.add(
      "redress_clock_jumped", .gauge,
      "Whether commands are refused, because the system's clock has jumped (1) or not (0).",
      health.clock?.jump == nil ? 0 : 1)
    text.add(
      "redress_recorded_time_ahead_seconds", .gauge,
      "How far the last recorded time is ahead of the system's clock.",
      UInt64((health.clock?.recordedAhead ?? 0) / 1_000_000))
    text.add(
      "redress_part_failing", .gauge, "Parts that fail and try again.", label: "part",
      health.failing.map { ($0.part, 1) })
    text.add(
      "redress_checkpoint_copies_waiting", .gauge,
      "Tenants whose newest signed checkpoint has no copy yet; 0 without --publish.",
      UInt64(health.copies?.waitingCount ?? 0))
    text.add(
      "redress_checkpoint_copy_timestamp_seconds", .gauge,
      "When a signed checkpoint was copied last, Unix time; 0 before the first copy.",
      UInt64((health.copies?.lastCopy?.microseconds ?? 0) / 1_000_000))
    text.add(
      "redress_projection_lag_commits", .gauge, "Commits a read model has yet to apply.",
      label: "projection",
      statuses.map { ($0.name, end.value - min(end.value, $0.checkpoint.value)) })
    text.add(
      "redress_projection_stopped", .gauge,
      "Whether a read model stopped at an event (1) or not (0).", label: "projection",
      statuses.map { ($0.name, $0.failure == nil ? 0 : 1) })
    text.add(
      "redress_operational_records", .gauge, "Records of operations.sqlite, by kind.",
      label: "kind", records.kinds.map { ($0.kind.rawValue, UInt64($0.count)) })
    text.add(
      "redress_operational_records_next_expiry_seconds", .gauge,
      "When the next one expires, Unix time.", label: "kind",
      records.kinds.compactMap { kind in
        kind.nextExpiry.map { (kind.kind.rawValue, UInt64($0.microseconds / 1_000_000)) }
      })
    text.add(
      "redress_operational_records_bytes", .gauge, "The size of operations.sqlite.",
      UInt64(records.byteCount))
    text.add(
      "redress_outbox_messages", .gauge, "Messages that wait to be delivered.",
      UInt64(waitingMessages))
    return text.text
  }
}

/// Metrics as text, each with its help and type.
private struct MetricsText {
  enum Kind: String { case gauge, counter }

  private(set) var text = ""

  mutating func add(
    _ name: String, _ kind: Kind, _ help: String, label: String? = nil,
    _ values: [(String, UInt64)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for (value, number) in values {
      text += label.map { "\(name){\($0)=\"\(value)\"} \(number)\n" } ?? "\(name) \(number)\n"
    }
  }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
    add(name, kind, help, [("", value)])
  }
}

extension Outcome {
  fileprivate var counted: Metrics.CommandOutcome {
    switch self {
    case .accepted: .accepted
    case .unchanged: .unchanged
    case .rejected: .rejected
    case .conflict: .conflict
    case .unknownTenant, .invalid: .invalid
    case .stopping, .readOnly, .clockJumped: .retry
    }
  }
}
