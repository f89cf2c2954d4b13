// All commands of a history, in its order, cut into requests of about a megabyte: large enough that
// one durable write serves hundreds of commands, small enough that the next is ready when it is
// needed.

/// Writes the commands of a history batch by batch.
struct CommandBatches: Sequence, IteratorProtocol, Sendable {
  /// No batch grows after it has this many bytes.
  static let size = 1 << 20

  private let history: SalesHistory
  private let stories: [SupportStory]
  private let steps: [SalesHistory.Step]
  /// Whether what is taken back goes through a return.
  private let asReturns: Bool
  private var nextStep = 0
  private var hasSetUp = false
  /// What is imported, by its first order, its length and its options.
  let name: String

  init(_ history: SalesHistory, asReturns: Bool = false, stories: [SupportStory] = []) {
    self.history = history
    self.asReturns = asReturns
    self.stories = stories
    steps = history.steps(with: stories)
    name =
      "\(history.orders.first?.number ?? "nothing")-\(steps.count)" + (asReturns ? "-returns" : "")
  }

  mutating func next() -> CommandBatch? {
    var batch = CommandBatch()
    if !hasSetUp, let start = history.start {
      batch.appendSetUp(time: start, import: name, withPolicy: asReturns)
      hasSetUp = true
    }
    while nextStep < steps.count && batch.bytes.count < CommandBatches.size {
      switch steps[nextStep] {
      case .order(let index): batch.append(history.orders[index])
      case .request(let index):
        batch.append(history.requests[index], asReturn: asReturns)
      case .story(let index):
        batch.append(stories[index], of: history.orders[stories[index].order])
      }
      nextStep += 1
    }
    return batch.submissions.isEmpty ? nil : batch
  }
}
