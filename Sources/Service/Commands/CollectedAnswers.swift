// The outcomes of one request's commands, sent in the order of its lines when the last is decided.

import CommandHandling
import EventSourcing
import Events
package import Routing
import Synchronization

/// A line that is not a command.
package struct RejectedLine: Error {
  package var id: String?
  package var problem: Problem
  /// From 1, in a body of many; empty lines count.
  package var number: Int?
}

extension RejectedLine {
  init(_ fault: InvalidCommand, in command: SubmittedCommand) {
    self.init(id: command.id.rawValue, problem: Problem(fault))
  }
}

/// The answers of one request, sent when the last one is there.
final class CollectedAnswers: Sendable {
  private struct State {
    var outcomes: [(outcome: Outcome, isReplay: Bool)?]
    /// By place; most requests have none.
    var certificates: [Int: String] = [:]
    var missing: Int
  }

  private let lines: [Result<Submission, RejectedLine>]
  private let state: Mutex<State>
  private let isDone: @Sendable (CollectedAnswers) -> Void

  /// - Parameter isDone: called once, when every answer is there, by the thread that has the last.
  init(
    _ lines: [Result<Submission, RejectedLine>],
    isDone: @escaping @Sendable (CollectedAnswers) -> Void
  ) {
    self.lines = lines
    self.isDone = isDone
    let missing = lines.count { if case .success = $0 { true } else { false } }
    state = Mutex(State(outcomes: Array(repeating: nil, count: lines.count), missing: missing))
  }

  func set(_ outcome: Outcome, isReplay: Bool, certificate: String?, at index: Int) {
    let isLast = state.withLock { state in
      state.outcomes[index] = (outcome, isReplay)
      if let certificate { state.certificates[index] = certificate }
      state.missing -= 1
      return state.missing == 0
    }
    if isLast { finish() }
  }

  /// The number of lines.
  var count: Int { lines.count }

  /// There is nothing to wait for.
  func finish() { isDone(self) }

  /// A line for each answer.
  ///
  /// - Precondition: every answer is there.
  func body() -> [UInt8] {
    let (outcomes, certificates) = state.withLock { ($0.outcomes, $0.certificates) }
    var body: [UInt8] = []
    body.reserveCapacity(lines.count * 256)
    for (index, (line, outcome)) in zip(lines, outcomes).enumerated() {
      switch (line, outcome) {
      case (.success(let submission), let decided?):
        OutcomeLine.write(
          decided.outcome, isReplay: decided.isReplay, of: submission.command,
          certificate: certificates[index], to: &body)
      case (.failure(let rejected), _):
        OutcomeLine.write(rejected, to: &body)
      case (.success, nil): preconditionFailure("an answer is missing")
      }
      body.append(UInt8(ascii: "\n"))
    }
    return body
  }
}
