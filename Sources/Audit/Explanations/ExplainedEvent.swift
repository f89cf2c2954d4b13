// One event in words: who caused it, when, by which command, what it changed, and for a refusal
// which rule refused on which facts.

import Domain
import EventSourcing
import Events

extension Explainer {
  func explain(_ position: Position) throws -> ExplanationReport {
    let commit = try streams.commit(at: position)
    guard let recorded = commit.first(where: { $0.position == position }) else {
      throw ExplanationError.notFound("event at position \(position)")
    }
    let subject = recorded.event.subject
    let stream = try streams.events(of: [subject])[subject] ?? []
    var aggregate = try ReplayedAggregate(
      of: subject, folding: stream.filter { $0.revision < recorded.revision })
    let before = aggregate
    try aggregate.add(recorded)
    let currency = aggregate.currency
    let detail = EventWords(currency: currency).words(of: recorded.event)
    return ExplanationReport(
      "position", position.description, of: recorded.tenant, in: currency,
      title: "Event \(position): \(recorded.event.type) by \(recorded.actor)",
      facts: [
        "event": .text(recorded.event.type), "detail": .text(detail),
        "stream": .text(recorded.stream.rawValue),
        "revision": .number(Int(recorded.revision.value)),
        "actor": .text(recorded.actor.rawValue), "peerUid": .number(Int(recorded.peerUID)),
        "time": .time(recorded.time), "recordedTime": .time(recorded.recordedTime),
        "commandId": .text(recorded.commandID),
        "causation": .number(recorded.causation.map { Int($0.value) }),
        "correlation": .text(recorded.correlation),
      ],
      sections: [
        refusal(recorded), changes(from: before, to: aggregate), others(in: commit),
      ])
  }

  /// The facts that a refusal looked at.
  private func refusal(_ recorded: RecordedEvent) -> ExplanationReport.Section? {
    guard case .command(.commandRejected(let event)) = recorded.event else { return nil }
    let rows =
      [("rule", event.rule), ("reason", event.reason)] + event.facts.map { ($0.name, $0.value) }
    return ExplanationReport.Section(
      "refusal", "Which rule refused it, and the facts that the rule looked at", ["fact", "value"],
      rows.map { [.text($0.0), .text($0.1)] })
  }

  /// What of the aggregate is another than before.
  private func changes(
    from before: ReplayedAggregate, to after: ReplayedAggregate
  ) -> ExplanationReport.Section {
    let rows = zip(before.figures, after.figures).filter { $0.value != $1.value }
      .map { [.text($0.key), $0.value, $1.value] as [ExplanationReport.Value] }
    return ExplanationReport.Section(
      "changes", "What it changed", ["field", "before", "after"], rows)
  }

  /// What else the same command led to.
  private func others(in commit: [RecordedEvent]) -> ExplanationReport.Section? {
    guard commit.count > 1 else { return nil }
    return .command(commit)
  }
}

extension ExplanationReport.Section {
  /// All events of one command, with their streams.
  fileprivate static func command(_ events: [RecordedEvent]) -> Self {
    Self(
      "command", "All events of the same command", ["position", "stream", "event"],
      events.map {
        [
          .number(Int($0.position.value)), .text($0.stream.rawValue), .text($0.event.type),
        ]
      })
  }
}
