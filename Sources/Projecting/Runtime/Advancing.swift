// One step forward: a handful of commits, decoded once, applied to every read model that stands
// there.

import EventLog
import EventSourcing
import Events
import PersonalData

extension ProjectionRuntime.Core {
  /// Applies up to so many commits in one transaction for each read model.
  ///
  /// - Returns: whether the end, or the end of the log, was reached.
  mutating func advance(to end: Ordinal?, commitCountMax: Int) -> Bool {
    let isDone = applyCommits(to: end, commitCountMax: commitCountMax)
    if isDone { for model in models { model.forget() } }
    return isDone
  }

  private mutating func applyCommits(to end: Ordinal?, commitCountMax: Int) -> Bool {
    let moving = models.filter { $0.failure == nil }
    guard let start = moving.map(\.checkpoint).min() else { return true }
    if let end, start >= end { return true }
    var count = 0
    do {
      if reader.ordinal != start { try reader.seek(to: start) }
      try moving.forEachStoppingOnFailure { try $0.begin() }
      try reader.forEachCommit(upTo: end) { commit in
        try commit.apply(to: moving, opening: vault)
        count += 1
        return count < commitCountMax
      }
      try moving.forEachStoppingOnFailure { try $0.commit() }
    } catch {
      // The log itself could not be read: nothing of this step counts.
      for model in moving { model.stop(because: "the log cannot be read: \(error)") }
    }
    return count < commitCountMax
  }
}

extension [LiveReadModel] {
  fileprivate func forEachStoppingOnFailure(_ body: (LiveReadModel) throws -> Void) throws {
    for model in self where model.failure == nil {
      do { try body(model) } catch { model.stop(because: String(describing: error)) }
    }
  }
}

extension CommitView {
  /// Applies this commit to the read models that stand at it.
  fileprivate func apply(to models: [LiveReadModel], opening vault: PersonalVault?) throws {
    let here = models.filter { $0.checkpoint == ordinal && $0.failure == nil }
    if here.isEmpty { return }
    var position = firstPosition
    try forEachLine { line in
      let header = try EventHeader(line: line)
      if header.type == SubjectErased.typeName { for model in here { model.noteErasure() } }
      let interested = here.filter {
        $0.failure == nil && $0.handles(header.type)
      }
      if !interested.isEmpty {
        var event = RecordedEvent(header, try header.event(in: line))
        try vault?.open(&event)
        for model in interested {
          do { try model.apply(event) } catch {
            model.stop(
              because: """
                \(event.event.type) at position \(position) of \(tenant) (commit \(ordinal)): \
                \(error)
                """)
          }
        }
      }
      position = position.advanced(by: 1)
    }
    for model in here where model.failure == nil {
      model.finish(ordinal, tenant: tenant, nextPosition: position)
    }
  }
}
