// How the service starts and how it ends: with faults that are yet to come, and with what they left.

internal import EventLog
internal import EventSourcing
internal import Events
internal import Foundation

extension World {
  func start(isFriendly: Bool) throws {
    setClock()
    if !isFriendly { addFaults() }
    if random.oneIn(4) { readModels = try ReadModels() }
    var configuration = EventLog.Configuration()
    configuration.segmentLineByteCount = random.pick([2_000, 20_000, 1 << 20])
    configuration.frameLineByteCount = random.pick([1, 2_000, 1 << 20])
    configuration.compressionLevel = 1
    do {
      let started = try ServiceProcess(
        disk: disk, indexPath: index.path, configuration: configuration, provider: provider,
        readModels: readModels, aggregatesInMemory: random.pick([2, 10, 1_000]),
        clock: { [unowned self] in clock() })
      life += 1
      summary.restartCount += 1
      process = started
      say("started: \(started.report)")
    } catch let error {
      guard case .io = error as? LogError else { throw error }
      summary.failedStartCount += 1
      say("did not start: \(error)")
      return recover(isPowerLost: random.oneIn(3))
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
    if random.oneIn(3) { try checkDamage() }
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
    recover(isPowerLost: isPowerLost)
    if let violation { throw violation }
  }

  private func recover(isPowerLost: Bool) {
    if isPowerLost {
      disk.losePower(Crash(seed: random.next()))
      summary.powerFailureCount += 1
    } else {
      disk.repair()
    }
    if random.oneIn(4) { index.remove() } else if random.oneIn(4) { index.goBack() }
    index.keep()
    say(isPowerLost ? "the power failed" : "only the process died")
  }

  /// A bit that flipped or a sector that went astray is found before it is believed.
  private func checkDamage() throws {
    let copy = disk.copy()
    let folder = ServiceProcess.logFolder
    let names = try copy.names(in: folder).filter { !copy.content(of: "\(folder)/\($0)").isEmpty }
    guard let name = names.randomElement(using: &random) else { return }
    let good = copy.content(of: "\(folder)/\(name)")
    var bad = good
    if random.oneIn(2) {
      bad[Int.random(in: 0..<bad.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
    } else {
      let sector = Int.random(in: 0...(bad.count - 1) / sectorByteCount, using: &random)
      let other = Int.random(in: 0...(bad.count - 1) / sectorByteCount, using: &random)
      let source = Array(
        good[(other * sectorByteCount)..<min(good.count, (other + 1) * sectorByteCount)])
      for (index, byte) in source.enumerated() where sector * sectorByteCount + index < bad.count {
        bad[sector * sectorByteCount + index] = byte
      }
    }
    guard bad != good else { return }
    copy.damage("\(folder)/\(name)", bad)
    summary.damageCount += 1
    do {
      _ = try History(copy, folder)
    } catch is LogError { return }
    throw Violation("damage in \(name) was not found")
  }
}

/// The derived index's file, which lies in a real folder.
final class IndexFile {
  let folder: String
  var path: String { folder + "/index.sqlite" }
  /// What the file was at an earlier moment.
  private var earlier: Data?

  init() throws {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    folder = "\(parent)/redress-simulation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func remove() {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  /// Remembers the file as it is now.
  func keep() { if earlier == nil { earlier = FileManager.default.contents(atPath: path) } }

  /// The file is what it was before.
  func goBack() {
    guard let earlier else { return }
    remove()
    try? earlier.write(to: URL(fileURLWithPath: path))
    self.earlier = nil
  }
}
