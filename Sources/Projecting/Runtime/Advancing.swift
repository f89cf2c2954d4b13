// One step forward: a batch of commits, decoded once, applied to every read model that has reached
// them.

import EventLog
import EventSourcing
import Events
import PersonalData

extension ProjectionRuntime {
  /// The read models as the thread that follows the log has them.
  struct Core {
    var models: [LiveReadModel]
    var reader: LogReader
    var vault: PersonalVault?
    /// The commits that count; `nil` is every commit.
    var extent: HistoryExtent?
    private var plans: EventPlans

    init(models: [LiveReadModel], reader: LogReader, vault: PersonalVault?) {
      self.models = models
      self.reader = reader
      self.vault = vault
      plans = EventPlans(models.map(\.readModel))
    }
  }
}

extension ProjectionRuntime.Core {
  enum Progress {
    /// The end, or the end of the log, was reached.
    case done
    case more
    /// A passing error: the step counts for nothing and is to be tried again later.
    case delayed
  }

  /// Applies up to so many commits in one transaction for each read model.
  mutating func advance(to end: Ordinal?, commitCountMax: Int) -> Progress {
    let progress = applyCommits(to: end, commitCountMax: commitCountMax)
    if case .done = progress { for model in models { model.forget() } }
    return progress
  }

  private mutating func applyCommits(to end: Ordinal?, commitCountMax: Int) -> Progress {
    let moving = models.filter { $0.failure == nil }
    guard let start = moving.map(\.checkpoint).min() else { return .done }
    if let end, start >= end { return .done }
    var count = 0
    do {
      if reader.ordinal != start { try reader.seek(to: start) }
      for model in moving { model.attempt { try $0.begin() } }
      try reader.forEachCommit(upTo: end) { commit in
        try apply(commit)
        count += 1
        return count < commitCountMax
      }
      let here = reader.ordinal
      let isSealing = moving.contains { $0.isSealed && $0.checkpoint == here }
      let chain = isSealing ? try reader.chain() : nil
      for model in moving {
        model.attempt { try $0.commit(chain: $0.checkpoint == here ? chain : nil) }
      }
    } catch {
      // The log itself could not be read: nothing of this step counts.
      for model in moving { model.giveUp("the log cannot be read: \(error)", after: error) }
    }
    if models.contains(where: { $0.delay != nil }) { return .delayed }
    return count < commitCountMax ? .done : .more
  }

  /// Applies a commit to the read models that have reached it.
  private mutating func apply(_ commit: CommitView) throws {
    let isHere = models.map { $0.checkpoint == commit.ordinal && $0.isWorking }
    guard isHere.contains(true) else { return }
    if let extent, !extent.contains(commit) {
      for (model, isHere) in zip(models, isHere) where isHere { model.pass(over: commit.ordinal) }
      return
    }
    var position = commit.firstPosition
    try commit.forEachLine { line in
      let header = try EventHeader(line: line)
      if header.type == SubjectErased.typeName {
        for (model, isHere) in zip(models, isHere) where isHere { model.noteErasure() }
      }
      var recorded: RecordedEvent?
      for step in plans.steps(for: header) where isHere[step.model] {
        let model = models[step.model]
        guard model.isWorking else { continue }
        let event = try step.apply.map { _ in try recorded ?? open(header, in: line) }
        recorded = event ?? recorded
        model.attempt("\(header.type) at position \(position) of \(commit.tenant)") { model in
          try model.attribute(to: header)
          if let event, let apply = step.apply { try model.apply(apply, event) }
          for table in step.tables { try model.note(header, in: table) }
        }
      }
      position = position.advanced(by: 1)
    }
    for (model, isHere) in zip(models, isHere) where isHere && model.isWorking {
      model.finish(commit.ordinal, tenant: commit.tenant, nextPosition: position)
    }
  }

  private func open(
    _ header: EventHeader, in line: UnsafeRawBufferPointer
  ) throws -> RecordedEvent {
    var event = RecordedEvent(header, try header.event(in: line))
    if let vault { try vault.open(&event) } else { event.event.hideSealedTexts() }
    return event
  }
}

/// Which read models look at an event type, looked up once for each type: a step costs one lookup
/// for each event, however many read models there are.
private struct EventPlans {
  /// What one read model does with events of one type.
  struct Step {
    /// The place of the read model.
    var model: Int
    var apply: Handlers.Apply?
    /// The tables whose row follows the event's stream.
    var tables: [StreamTable]
  }

  private let models: [any ReadModel.Type]
  private let handlers: [Handlers]
  private var known: [String: [Step]] = [:]

  init(_ models: [any ReadModel.Type]) {
    self.models = models
    handlers = models.map { $0.handlers }
  }

  /// All events of a type are in streams of one kind, so the first one decides for all.
  mutating func steps(for header: EventHeader) -> [Step] {
    if let steps = known[header.type] { return steps }
    let steps = models.indices.compactMap { index -> Step? in
      let tables = models[index].streams.filter { $0.owns(header.stream) }
      let apply = handlers[index][header.type]
      return apply == nil && tables.isEmpty ? nil : Step(model: index, apply: apply, tables: tables)
    }
    known[header.type] = steps
    return steps
  }
}

extension LiveReadModel {
  /// Runs one part of a step; an error takes the read model out of the step.
  ///
  /// - Parameter what: what the part is about, for the report.
  fileprivate func attempt(
    _ what: @autoclosure () -> String? = nil, _ body: (LiveReadModel) throws -> Void
  ) {
    guard isWorking else { return }
    do { try body(self) } catch {
      let place = what().map { "\($0) (commit \(checkpoint)): " } ?? ""
      giveUp("\(place)\(error)", after: error)
    }
  }
}
