import EventLog
import Foundation
import Simulation
import Testing

/// Every call of a log's life fails, in every way; then the disk works again.
@Suite struct FailNthTests {
  static let seed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? 1

  private func operations() throws -> [Simulation.Operation] {
    let disk = SimulatedDisk(seed: Self.seed)
    disk.record()
    let index = try IndexFile()
    var story = LogStory(disk: disk, indexPath: index.path, seed: Self.seed)
    #expect(story.run() == nil)
    let operations = disk.operations
    try story.requireRecovers()
    return operations
  }

  /// - Parameter next: a second fault, counted from the first call of the recovery.
  private func run(_ fault: Fault, powerFails: UInt64?, next: Fault? = nil) throws -> Bool {
    let disk = SimulatedDisk(seed: Self.seed)
    let index = try IndexFile()
    var story = LogStory(disk: disk, indexPath: index.path, seed: Self.seed)
    disk.add(fault)
    let failed = story.run() != nil
    disk.repair()
    if let powerFails { disk.losePower(Crash(seed: powerFails)) }
    if var next {
      next.call += disk.callCount
      disk.add(next)
      let again = try? LogModel.open(disk, indexPath: index.path)
      disk.goDown()
      again?.close()
      disk.repair()
      if let powerFails { disk.losePower(Crash(seed: powerFails &+ 1)) }
    }
    do { try story.requireRecovers() } catch {
      Issue.record("seed \(Self.seed), \(fault), then \(String(describing: next)): \(error)")
    }
    return failed
  }

  @Test(arguments: Fault.Effect.allCases, Fault.Duration.allCases)
  func `whatever fails, everything acknowledged is there and the log goes on`(
    effect: Fault.Effect, duration: Fault.Duration
  ) throws {
    let operations = try operations()
    print("fail-Nth seed \(Self.seed): \(operations.count) calls")
    #expect(Set(operations).isSuperset(of: [.create, .write, .sync, .syncFolder, .list, .read]))
    for (call, operation) in operations.enumerated() {
      let errors = Fault.errors(of: operation)
      for (number, powerFails) in [nil, 0, UInt64(call)].enumerated() {
        let errno = errors[(call + number) % errors.count]
        let fault = Fault(call: call, errno: errno, effect: effect, duration: duration)
        let failed = try run(fault, powerFails: powerFails)
        // A renaming that happened is believed, whatever the call said.
        let isSurvived = operation == .rename && effect == .everything && duration == .once
        #expect(failed != isSurvived, "call \(call), \(operation)")
      }
    }
  }

  @Test(arguments: [false, true])
  func `a recovery that fails in turn costs nothing either`(isPowerLost: Bool) throws {
    let calls = try operations()
    for (call, operation) in calls.enumerated() where operation == .write || operation == .sync {
      for again in stride(from: call % 2, to: 24, by: 2) {
        let effect = Fault.Effect.allCases[(call + again) % 3]
        _ = try run(
          Fault(call: call, effect: .part), powerFails: isPowerLost ? UInt64(call) : nil,
          next: Fault(call: again, effect: effect))
      }
    }
  }
}
