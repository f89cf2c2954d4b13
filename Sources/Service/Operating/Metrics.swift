// What /metrics says. Counters count since the process started; what the history holds is counted
// by the log.

import CommandHandling
import Domain
import EventLog
import EventSourcing
import Gateways
import Operations
import Projecting
import Threading

final class Metrics: Sendable {
  let routes = RouteMetrics()
  let commands = CommandMetrics()
  let server = ServerMetrics()

  func text(
    log: EventLog, sequencer: Sequencer, statuses: [ProjectionStatus], health: Health,
    records: RecordsSummary?, quotas: QuotaFigures, messages: OutboxNotifier.Counts?
  ) -> String {
    let end = log.durableEnd
    var text = MetricsText()
    text.add(
      "redress_build_info", .gauge, "The running program; always 1.",
      [([("version", ProductVersion.text), ("rules", "\(RuleBook.version)")], 1)])
    text.add("redress_log_commits", .gauge, "Durable commits in the log.", end.value)
    text.add(
      "redress_log_queue_commits", .gauge, "Commits that wait for the disk or are being written.",
      log.pendingCommitCount)
    text.add(
      "redress_log_queue_bytes", .gauge, "The lines of the commits that wait for the disk.",
      UInt64(log.pendingByteCount))
    text.add(
      "redress_log_sync_duration_seconds", "How long the disk took to make a group durable.",
      [([], log.syncDurations.snapshot)])
    text.add(
      "redress_sequencer_queue_commands", .gauge,
      "Commands that wait to be decided, or for their keys.",
      UInt64(sequencer.waitingCount))
    routes.write(to: &text)
    server.write(to: &text)
    commands.write(to: &text)
    text.add(
      "redress_log_lines_total", .counter,
      "Lines for the operator, with those that repeat others and are not written.", label: "level",
      OperatorLog.shared.counts.map { ($0.rawValue, $1) })
    text.add(
      "redress_commands_refused", .gauge,
      "Whether commands are refused (1) or not (0), because the history contradicts itself or a "
        + "part that they need fails.",
      health.refusal == nil && !health.failing.contains(where: \.isRefusingCommands) ? 0 : 1)
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
      "redress_part_failures_total", .counter,
      "How often parts have failed and tried again since the service started.", label: "part",
      health.failureCounts.map { ($0.part, UInt64($0.count)) })
    text.add(
      "redress_checkpoint_copies_waiting", .gauge,
      "Tenants whose newest signed checkpoint has no copy yet; 0 without --publish.",
      UInt64(health.copies?.waiting.count ?? 0))
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
      "redress_projection_retries_total", .counter,
      "How often a read model was delayed by a passing error, since its file was opened.",
      label: "projection", statuses.map { ($0.name, UInt64($0.delayCount)) })
    text.add(
      "redress_projection_distrusted", .gauge,
      "1 where the file that was found at the start was not believed and made anew.",
      label: "projection", statuses.map { ($0.name, $0.isDistrusted ? 1 : 0) })
    if let records { add(records, to: &text) }
    quotas.write(to: &text)
    if let messages {
      text.add(
        "redress_outbox_messages", .gauge, "Messages that wait to be delivered.",
        UInt64(messages.waiting))
      text.add(
        "redress_outbox_refused_messages", .gauge,
        "Messages that the mail server will not take, in outbox/refused.",
        UInt64(messages.refused))
    }
    return text.text
  }

  private func add(_ records: RecordsSummary, to text: inout MetricsText) {
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
  }
}
