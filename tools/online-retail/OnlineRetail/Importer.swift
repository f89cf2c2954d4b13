// Submits a history and counts what became of it.
//
// - One request is on its way at a time, and the commands keep their order; meanwhile another
//   thread writes the next batches.
// - Every outcome must be what the plan says: accepted, or an approval that rule R4 forbids. The
//   refunds of those are denied in the batch that follows. Anything else stops the import.
// - Nothing depends on this being the first run: outcomes are the same when commands come again.

internal import Foundation

/// One import of one file.
public struct Importer<Service: RetailService> {
  private var service: Service
  private let asReturns: Bool
  private var progress: ProgressLine
  private var figures = Figures()
  private var position: Int64 = 0
  private var denials = CommandBatch()
  private let storySeed: UInt64?

  /// How long to wait while no refund gets settled, in seconds.
  var patience = 60

  /// - Parameters:
  ///   - asReturns: whether what is taken back goes through a return.
  ///   - storySeed: what to make up support stories from; `nil` for none.
  public init(
    service: Service, progress: ProgressLine, asReturns: Bool = false, storySeed: UInt64? = nil
  ) {
    self.service = service
    self.asReturns = asReturns
    self.progress = progress
    self.storySeed = storySeed
    if storySeed != nil { figures.support = SupportFigures() }
  }

  /// Submits everything, waits until every approved refund is settled, and reads the totals.
  public mutating func run(_ history: SalesHistory) throws -> Figures {
    try submit(history)
    let totals = try waitForSettlement()
    progress.finish()
    figures.executed = Int(totals["executed"].count)
    figures.executedAmount = Int(totals["executed"].amount)
    figures.denied = Int(totals["denied"].count)
    figures.deniedAmount = Int(totals["denied"].amount)
    figures.matched = history.matchedRows
    figures.unmatched = history.unmatchedRows
    return figures
  }

  private mutating func submit(_ history: SalesHistory) throws {
    let stories = storySeed.map { SupportStory.all(of: history, seed: $0) } ?? []
    let queue = BoundedQueue<CommandBatch?>(capacity: 2)
    defer { queue.close() }
    let batches = CommandBatches(history, asReturns: asReturns, stories: stories)
    Thread.detachNewThread {
      for batch in batches where !queue.put(batch) { return }
      _ = queue.put(nil)
    }
    while let batch = queue.take() {
      try submit(denials + batch)
      let (orders, requests) = (history.orders.count, history.requests.count)
      progress.report(
        "\(figures.orders) of \(orders) orders, \(figures.requests) of \(requests) requests")
    }
    try submit(denials)
    guard let start = history.start else { return }
    var end = CommandBatch()
    end.appendEnd(time: start, import: batches.name)
    try submit(end)
  }

  /// Leaves in `denials` what must be denied next.
  private mutating func submit(_ batch: CommandBatch) throws(ImportError) {
    denials = CommandBatch()
    if batch.submissions.isEmpty { return }
    let answer = try service.submit(batch.bytes)
    let lines = answer.split(separator: UInt8(ascii: "\n"))
    for (submission, line) in zip(batch.submissions, lines) {
      try take(Outcome(Array(line)), of: submission)
    }
    guard lines.count == batch.submissions.count else {
      throw .unexpectedAnswer(
        "\(lines.count) outcomes of \(batch.submissions.count) commands")
    }
  }

  private mutating func take(_ outcome: Outcome, of submission: Submission) throws(ImportError) {
    switch outcome {
    case .accepted(submission.id, let position):
      self.position = max(self.position, position)
      figures.count(submission.kind)
    case .refused(submission.id, let problem)
    where submission.kind == .approve && problem.rule == "R4":
      denials.appendDenial(of: submission, reason: problem.reason ?? "R4")
    case .refused(_, let problem):
      throw .refused(command: submission.id, problem: problem.description)
    case .accepted(let id, _):
      throw .unexpectedAnswer("an outcome of \(id) where \(submission.id) was next")
    }
  }

  private mutating func waitForSettlement() throws(ImportError) -> RefundTotals {
    var last: Int64?
    var deadline = Date(timeIntervalSinceNow: Double(patience))
    while true {
      let totals = try RefundTotals(from: &service, position: position)
      if let totals, totals.unsettled == 0 { return totals }
      if let totals, totals.unsettled != last {
        last = totals.unsettled
        deadline = Date(timeIntervalSinceNow: Double(patience))
      } else if Date() > deadline {
        throw .unsettled(count: last, seconds: patience)
      }
      progress.report("waiting for \(last.map { "\($0) payments" } ?? "the read model")")
      Thread.sleep(forTimeInterval: 0.1)
    }
  }
}
