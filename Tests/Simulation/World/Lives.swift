// How the service starts and how it ends: with faults that are yet to come, and with what they
// left.

internal import EventLog
internal import EventSourcing
internal import Events
internal import Foundation
internal import SeededRandom

extension World {
  func start(isFriendly: Bool) throws {
    setClock()
    if !isFriendly, plot == .everything { addFaults() }
    if random.oneIn(4) { readModels = try ReadModels() }
    var configuration = EventLog.Configuration()
    configuration.segmentLineByteCount = random.pick([2_000, 20_000, 1 << 20])
    configuration.frameLineByteCount = random.pick([1, 2_000, 1 << 20])
    configuration.indexRunEntryCount = 50
    configuration.sealedFrameLineByteCount = sealing?.pick([1, 4_000, 20_000]) ?? 1
    configuration.sealedEffort = configuration.effort
    isSealing = sealing != nil
    readModels.leave()
    do {
      let started = try ServiceProcess(
        disk: disk, indexPath: index.path, configuration: configuration, provider: provider,
        gateway: plot.gateway(provider), readModels: readModels, keys: keys,
        aggregatesInMemory: random.pick([2, 10, 1_000]),
        clock: { [unowned self] in clock() })
      life += 1
      summary.restartCount += 1
      process = started
      say("started: \(started.report)")
    } catch let error {
      guard case .io = error as? LogError else { throw error }
      summary.failedStartCount += 1
      say("did not start: \(error)")
      return try recover(isPowerLost: random.oneIn(3))
    }
    try checkHistory()
  }

  /// What is in the log right after opening is certain for ever.
  private func checkHistory() throws {
    // Faults that are still to come are none of this reader's business.
    let history = try History(disk.copy(), ServiceProcess.logFolder)
    try history.requireContinues(certain)
    try history.requireHolds(ledger)
    try Money(history.events).requireAgrees(with: provider, isSettled: false)
    try require(
      UInt64(history.commits.count) == process!.log.durableEnd.value,
      "the log says it ends at \(process!.log.durableEnd), a reader found \(history.commits.count)")
    certain = history
    if random.oneIn(3) { try checkDamage(isClosed: true) }
  }

  private func addFaults() {
    let call = disk.callCount + Int.random(in: 0..<random.pick([15, 60, 600]), using: &random)
    let effect = random.pick(Fault.Effect.allCases)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3: break
    case 3..<6: disk.add(Fault(call: call, effect: effect, isCrash: true))
    default:
      let operation = random.pick(Operation.allCases)
      disk.add(
        Fault(
          call: call, errno: random.pick(Fault.errors(of: operation)), effect: effect,
          duration: random.pick(Fault.Duration.allCases),
          operations: random.oneIn(2) ? [operation] : Set(Operation.allCases)))
    }
  }

  /// The process is gone, wherever it was.
  func end(isPowerLost: Bool) throws {
    disk.goDown()
    process?.die()
    process = nil
    try recover(isPowerLost: isPowerLost)
    if let violation { throw violation }
  }

  private func recover(isPowerLost: Bool) throws {
    if isPowerLost {
      disk.losePower(Crash(seed: random.next()))
      summary.powerFailureCount += 1
    } else {
      disk.repair()
    }
    if random.oneIn(4) { index.remove() } else if random.oneIn(4) { index.goBack() }
    index.keep()
    say(isPowerLost ? "the power failed" : "only the process died")
    if random.oneIn(2) { try checkDamage(isClosed: false) }
  }

  /// A bit that flipped or a sector that went astray is found before it is believed.
  ///
  /// - Parameter isClosed: whether a mark covers everything, so that nothing may be taken for
  ///   unfinished.
  private func checkDamage(isClosed: Bool) throws {
    guard plot == .everything else { return }
    let copy = disk.copy()
    let folder = ServiceProcess.logFolder
    let names = (try? copy.names(in: folder)) ?? []
    let files = names.filter { !copy.content(of: "\(folder)/\($0)").isEmpty }
    // Most damage that matters is near the end.
    guard let name = random.oneIn(2) ? files.last : files.randomElement(using: &random),
      let bad = damaged(copy.content(of: "\(folder)/\(name)"))
    else { return }
    let good = copy.content(of: "\(folder)/\(name)")
    let changed = zip(good, bad).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
    say("damaging \(name) of \(files), \(good.count) bytes, \(changed.count) from \(changed[0])")
    copy.damage("\(folder)/\(name)", bad)
    summary.damageCount += 1
    do {
      let history = try History(copy, folder)
      // Only a mark may have been lost.
      try require(!isClosed || history.commits == certain.commits, "damage was not found")
      try history.requireContinues(certain)
      try history.requireHolds(ledger)
    } catch is LogError {}
  }

  /// The same bytes with a bit or a sector changed; `nil` if that made no difference, or left
  /// zeros: at the end of a file they cannot be told from a sector that was never written.
  private func damaged(_ good: [UInt8]) -> [UInt8]? {
    var bad = good
    if random.oneIn(2) {
      let last = min(good.count, random.pick([200, 2_000, good.count]))
      let place = Int.random(in: (good.count - last)..<good.count, using: &random)
      bad[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    } else {
      let sectors = (good.count - 1) / sectorByteCount
      let target = Int.random(in: 0...sectors, using: &random) * sectorByteCount
      let source = Int.random(in: 0...sectors, using: &random) * sectorByteCount
      for index in 0..<min(sectorByteCount, good.count - max(source, target)) {
        bad[target + index] = good[source + index]
      }
    }
    let zeros = bad.indices.filter { bad[$0] == 0 && good[$0] != 0 }
    if zeros.count > 1, let first = zeros.first {
      let sector = first / sectorByteCount * sectorByteCount
      if bad[sector..<min(sector + sectorByteCount, bad.count)].allSatisfy({ $0 == 0 }) {
        return nil
      }
    }
    return bad == good ? nil : bad
  }
}
