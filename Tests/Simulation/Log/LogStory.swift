// What happens to a log in its life, step by step, on a disk on which any call may fail; and after
// it, what must be left. A new thing that can happen to a log is one more line in `LogStory.steps`.

import EventLog
import EventSourcing
import Synchronization

package struct LogStory {
  /// One thing that happens to a log.
  package struct Step: Sendable {
    package var name: String
    var run: @Sendable (inout LogStory) throws -> Void
  }

  package static let steps: [Step] = [
    Step(name: "open") { try $0.open() },
    Step(name: "append") { try $0.append(1) },
    Step(name: "append several as one frame") { try $0.append(3) },
    Step(name: "mark") { $0.log?.stepInline() },
    Step(name: "rotate") { story in for _ in 0..<8 { try story.append(1) } },
    Step(name: "close") { $0.close() },
    Step(name: "seal") { try LogModel.seal($0.disk) },
    Step(name: "open again") { try $0.open() },
    Step(name: "append again") { try $0.append(2) },
    Step(name: "close again") { $0.close() },
  ]

  package let disk: SimulatedDisk
  private let indexPath: String
  private var model: LogModel
  private var log: EventLog?
  private let told = Told()

  /// What the log says, from inside its calls.
  private final class Told: Sendable {
    let acknowledged = Mutex(0)
    let failure = Mutex<LogError?>(nil)
  }

  package init(disk: SimulatedDisk, indexPath: String, seed: UInt64) {
    self.disk = disk
    self.indexPath = indexPath
    model = LogModel(seed: seed, textByteCount: 0..<2_000)
  }

  /// How many commits were acknowledged, from the first on.
  package var acknowledgedCount: Int { told.acknowledged.withLock { $0 } }

  /// The number of the acknowledged commits, for an observer that keeps it.
  package var acknowledged: @Sendable () -> Int {
    { [told] in told.acknowledged.withLock { $0 } }
  }

  package var commits: [String] { model.commits }

  /// Runs all steps until one fails.
  ///
  /// - Returns: the name of the step that failed, and why.
  package mutating func run() -> (step: String, error: any Error)? {
    for step in LogStory.steps {
      do { try step.run(&self) } catch {
        abandon()
        return (step.name, error)
      }
      if let failure = told.failure.withLock({ $0 }) {
        abandon()
        return (step.name, failure)
      }
    }
    return nil
  }

  private mutating func open() throws {
    log = try LogModel.open(
      disk, indexPath: indexPath,
      onFailure: { [told] error in told.failure.withLock { $0 = error } })
  }

  private mutating func append(_ count: Int) throws {
    guard let log else { return }
    for _ in 0..<count {
      let number = model.commits.count
      try log.append(model.next()) { [told] done in
        told.acknowledged.withLock { acknowledged in
          precondition(acknowledged == number && done.ordinal.value == UInt64(number))
          acknowledged += 1
        }
      }
    }
    log.stepInline()
  }

  private mutating func close() {
    log?.close()
    log = nil
  }

  /// The process ends here and now.
  private mutating func abandon() {
    disk.goDown()
    close()
    disk.repair()
  }
}

// Afterwards.
extension LogStory {
  /// Opens the log with a disk that works, and looks for what was promised.
  package func requireRecovers() throws {
    let log = try LogModel.open(disk, indexPath: indexPath)
    var (found, tail) = try LogModel.read(disk)
    try require(tail == nil, "an unfinished write was left")
    try require(
      found.count >= acknowledgedCount && found == Array(commits.prefix(found.count)),
      "\(acknowledgedCount) of \(commits.count) commits were acknowledged, \(found.count) are there"
    )
    var model = model
    model.keep(found.count)
    try log.append(model.next()) { _ in }
    log.close()
    // Now it is closed, so nothing may depend on luck.
    disk.losePower(Crash(keeping: 0, size: .written))
    (found, tail) = try LogModel.read(disk)
    try require(found == model.commits && tail == nil, "the log did not go on")
  }
}
