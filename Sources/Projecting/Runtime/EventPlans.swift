// Which read models look at an event type, looked up once for each type: a step costs one lookup
// for each event, however many read models there are.

import Events

struct EventPlans {
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
