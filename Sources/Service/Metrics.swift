// Counters in Prometheus' text format. They count since the process started; what the history holds
// is counted by the log.

import CommandHandling
import EventLog
import EventSourcing
import Operations
import Projecting
import Synchronization

final class Metrics: Sendable {
  /// The most frequent first.
  private static let outcomes = [
    "accepted", "unchanged", "rejected", "conflict", "invalid", "malformed", "replayed", "retry",
  ]

  /// How often each outcome occurred, in their order.
  private let counts = Mutex(Array(repeating: 0, count: outcomes.count))

  func count(_ answer: Answer) { count(answer.isReplay ? "replayed" : answer.outcome.name) }

  func countMalformed() { count("malformed") }

  private func count(_ outcome: String) {
    guard let index = Self.outcomes.firstIndex(of: outcome) else {
      preconditionFailure("no outcome is called \(outcome)")
    }
    counts.withLock { $0[index] += 1 }
  }

  func text(
    log: EventLog, statuses: [ProjectionStatus], records: RecordsSummary, waitingMessages: Int,
    requestCount: UInt64
  ) -> String {
    let end = log.durableEnd
    var lines = [
      "# HELP redress_log_commits Durable commits in the log.",
      "# TYPE redress_log_commits gauge",
      "redress_log_commits \(end)",
      "# HELP redress_http_requests_total Requests since the service started.",
      "# TYPE redress_http_requests_total counter",
      "redress_http_requests_total \(requestCount)",
      "# HELP redress_commands_total Commands answered since the service started, by outcome.",
      "# TYPE redress_commands_total counter",
    ]
    for (name, count) in zip(Self.outcomes, counts.withLock { $0 }) {
      lines.append("redress_commands_total{outcome=\"\(name)\"} \(count)")
    }
    lines += [
      "# HELP redress_projection_lag_commits Commits a read model has yet to apply.",
      "# TYPE redress_projection_lag_commits gauge",
    ]
    for status in statuses {
      let lag = end.value - min(end.value, status.checkpoint.value)
      lines.append("redress_projection_lag_commits{projection=\"\(status.name)\"} \(lag)")
    }
    lines += [
      "# HELP redress_projection_stopped Whether a read model stopped at an event (1) or not (0).",
      "# TYPE redress_projection_stopped gauge",
    ]
    for status in statuses {
      lines.append(
        "redress_projection_stopped{projection=\"\(status.name)\"} "
          + (status.failure == nil ? "0" : "1"))
    }
    lines += Self.lines(records)
    lines += [
      "# HELP redress_outbox_messages Messages to people that wait to be delivered.",
      "# TYPE redress_outbox_messages gauge",
      "redress_outbox_messages \(waitingMessages)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ records: RecordsSummary) -> [String] {
    var lines = [
      "# HELP redress_operational_records Records of operations.sqlite, by kind.",
      "# TYPE redress_operational_records gauge",
    ]
    for kind in records.kinds {
      lines.append("redress_operational_records{kind=\"\(kind.kind.rawValue)\"} \(kind.count)")
    }
    lines += [
      "# HELP redress_operational_records_next_expiry_seconds When the next one expires, Unix time.",
      "# TYPE redress_operational_records_next_expiry_seconds gauge",
    ]
    for kind in records.kinds {
      guard let next = kind.nextExpiry else { continue }
      lines.append(
        "redress_operational_records_next_expiry_seconds{kind=\"\(kind.kind.rawValue)\"} "
          + "\(next.microseconds / 1_000_000)")
    }
    lines += [
      "# HELP redress_operational_records_bytes The size of operations.sqlite.",
      "# TYPE redress_operational_records_bytes gauge",
      "redress_operational_records_bytes \(records.byteCount)",
    ]
    return lines
  }
}
