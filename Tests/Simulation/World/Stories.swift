// Many seeds, on all processors. The stories share nothing, so side by side they are what they are
// alone.

internal import Dispatch
internal import Foundation
internal import Synchronization

package struct Stories: Sendable {
  package struct Failure: Sendable {
    package var seed: UInt64
    package var reason: String
  }

  package struct Results: Sendable {
    package var total = World.Summary()
    /// In the order of their seeds.
    package var failures: [Failure] = []
    /// By seed, the last chain value.
    package var digests: [UInt64: String] = [:]
  }

  private let seeds: [UInt64]
  private let plot: Plot
  private let stepCount: Int
  private let isSealing: Bool
  private let trace: (@Sendable (String) -> Void)?

  package init(
    seeds: [UInt64], plot: Plot = .everything, stepCount: Int? = nil, isSealing: Bool = true,
    trace: (@Sendable (String) -> Void)? = nil
  ) {
    self.seeds = seeds
    self.plot = plot
    self.stepCount = stepCount ?? plot.stepCount
    self.isSealing = isSealing
    self.trace = trace
  }

  package func tell() -> Results {
    let results = Mutex(Results())
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
      let seed = seeds[index]
      do {
        let world = try World(seed: seed, plot: plot, isSealing: isSealing, trace: trace)
        let summary = try world.run(stepCount: stepCount)
        results.withLock { results in
          results.total.add(summary)
          results.digests[seed] = summary.digest
        }
      } catch {
        results.withLock { $0.failures.append(Failure(seed: seed, reason: "\(error)")) }
      }
    }
    var told = results.withLock { $0 }
    told.failures.sort { $0.seed < $1.seed }
    return told
  }
}

extension World.Summary: CustomStringConvertible {
  mutating func add(_ other: World.Summary) {
    stepCount += other.stepCount
    restartCount += other.restartCount
    powerFailureCount += other.powerFailureCount
    failedStartCount += other.failedStartCount
    damageCount += other.damageCount
    sealedCount += other.sealedCount
    commandCount += other.commandCount
    answerCount += other.answerCount
    replayCount += other.replayCount
    eventCount += other.eventCount
    executedCount += other.executedCount
    personalCount += other.personalCount
    erasedCount += other.erasedCount
    acceptedTypes.merge(other.acceptedTypes, uniquingKeysWith: +)
  }

  package var description: String {
    let types = acceptedTypes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return """
      simulate: \(commandCount) commands, \(answerCount) answers, \(replayCount) of them again, \
      \(eventCount) events, \(executedCount) refunds paid
      simulate: \(restartCount) starts, \(failedStartCount) that failed, \(powerFailureCount) \
      power failures, \(damageCount) kinds of damage tried, \(sealedCount) segments sealed
      simulate: \(personalCount) personal texts, \(erasedCount) of them of persons who were erased
      simulate: accepted \(types.joined(separator: ", "))
      """
  }
}
