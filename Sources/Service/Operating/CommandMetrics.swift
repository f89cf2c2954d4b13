// Rate, outcomes and duration of commands, by type. What must hold: counting takes no lock; a
// command is measured from its submission until its events are durable and it is answered.

import CommandHandling
import Events
import Threading

final class CommandMetrics: Sendable {
  /// What became of a command. The most frequent first.
  enum Result: String, CaseIterable {
    case accepted, unchanged, rejected, unrecorded, conflict, invalid, malformed, replayed, retry
  }

  private final class Series: Sendable {
    let durations = DurationHistogram()
    private let counters = Result.allCases.map { _ in Counter() }

    subscript(result: Result) -> Counter { counters[result.index] }
  }

  private let series = Dictionary(uniqueKeysWithValues: Command.types.map { ($0, Series()) })
  private let malformedCount = Counter()

  func count(_ answer: Answer, of command: SubmittedCommand, since begin: Moment) {
    guard let series = series[command.command.type] else { return }
    series[answer.isReplay ? .replayed : answer.outcome.counted].add()
    series.durations.record(since: begin)
  }

  /// Counts what is not a command of any type.
  func countMalformed() { malformedCount.add() }

  func write(to text: inout MetricsText) {
    let all = series.sorted { $0.key < $1.key }
    text.add(
      "redress_commands_total", .counter,
      "Commands answered since the service started, by outcome.", label: "outcome",
      Result.allCases.map { result in
        let count = all.reduce(0) { $0 + $1.value[result].value }
        return (result.rawValue, result == .malformed ? malformedCount.value : count)
      })
    text.add(
      "redress_command_outcomes_total", .counter,
      "Commands answered since the service started, by type and outcome.",
      all.flatMap { type, series in
        Result.allCases.map { ([("command", type), ("outcome", $0.rawValue)], series[$0].value) }
          .filter { $0.1 > 0 }
      })
    text.add(
      "redress_command_duration_seconds",
      "From a command's submission until it is durable and answered.",
      all.filter { $0.value.durations.snapshot.count > 0 }.map {
        ([("command", $0.key)], $0.value.durations.snapshot)
      })
  }
}

extension CommandMetrics.Result {
  /// Its place in the list of all.
  fileprivate var index: Int {
    switch self {
    case .accepted: 0
    case .unchanged: 1
    case .rejected: 2
    case .unrecorded: 3
    case .conflict: 4
    case .invalid: 5
    case .malformed: 6
    case .replayed: 7
    case .retry: 8
    }
  }
}

extension Outcome {
  fileprivate var counted: CommandMetrics.Result {
    switch self {
    case .accepted: .accepted
    case .unchanged: .unchanged
    case .rejected: .rejected
    case .refusedUnrecorded: .unrecorded
    case .conflict: .conflict
    case .unknownTenant, .invalid: .invalid
    case .stopping, .readOnly, .newerRules, .storageFailing, .clockJumped: .retry
    }
  }
}
