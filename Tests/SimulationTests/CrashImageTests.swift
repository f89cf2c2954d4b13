import EventLog
import Foundation
import Simulation
import Synchronization
import Testing

/// The power fails after every single write, sync and renaming.
@Suite struct CrashImageTests {
  private struct Image: Sendable {
    var disk: SimulatedDisk
    var acknowledgedCount: Int
  }

  private func check(_ image: Image, _ crash: Crash, _ commits: [String], _ what: String) throws {
    let disk = image.disk.copy()
    disk.losePower(crash)
    // Before the folder's name is durable there may be no log at all.
    guard (try? disk.names(in: LogModel.folder)) != nil else {
      return #expect(image.acknowledgedCount == 0)
    }
    do {
      let found = try LogModel.read(disk).commits
      #expect(found.count >= image.acknowledgedCount, "\(what)")
      #expect(found == Array(commits.prefix(found.count)), "\(what)")
    } catch { Issue.record("\(what): \(error)") }
  }

  @Test func `whatever a power failure leaves unwritten, everything acknowledged is there`() throws
  {
    let seed = FailNthTests.seed
    let disk = SimulatedDisk(seed: seed)
    let index = try IndexFile()
    var story = LogStory(disk: disk, indexPath: index.path, seed: seed)
    let images = Mutex<[Image]>([])
    let acknowledged = story.acknowledged
    disk.observeChanges { [unowned disk] _ in
      let image = Image(disk: disk.copy(), acknowledgedCount: acknowledged())
      images.withLock { $0.append(image) }
    }
    #expect(story.run() == nil)
    disk.observeChanges(nil)
    let taken = images.withLock { $0 }
    var crashCount = 0
    for (number, image) in taken.enumerated() {
      let undecided = image.disk.undecidedCount
      if undecided <= 10 {
        for bits in 0..<UInt64(1) << UInt64(undecided) {
          for size in [Crash.Size.written, .whole] {
            let what = "seed \(seed), image \(number), keeping \(bits), \(size)"
            try check(image, Crash(keeping: bits, size: size), story.commits, what)
            crashCount += 1
          }
        }
      }
      for crash in 0..<UInt64(undecided <= 10 ? 20 : 200) {
        let what = "seed \(seed), image \(number), crash \(crash)"
        try check(image, Crash(seed: crash), story.commits, what)
        crashCount += 1
      }
    }
    print("crash images seed \(seed): \(taken.count) images, \(crashCount) crashes")
    #expect(crashCount > 1_000)
  }

  /// Two sealings have the same unfinished name, and the first one's file must not be found under
  /// the segment's own name, whichever of the folder's changes a power failure keeps.
  @Test func `a sealing that was interrupted before leaves the segment or its sealed form`() throws
  {
    let disk = SimulatedDisk(seed: 1)
    let index = try IndexFile()
    let log = try LogModel.open(disk, indexPath: index.path, segmentLineByteCount: 4 << 10)
    var model = LogModel(seed: 1)
    while try disk.names(in: LogModel.folder).count < 3 {
      try log.append(model.next()) { _ in }
      log.stepInline()
    }
    #expect(throws: LogError.self) { try log.sealInline { true } }
    let images = Mutex<[SimulatedDisk]>([])
    disk.observeChanges { [unowned disk] _ in images.withLock { $0.append(disk.copy()) } }
    #expect(try log.sealInline { false } != nil)
    disk.observeChanges(nil)
    log.close()
    var crashCount = 0
    for image in images.withLock({ $0 }) {
      let undecided = min(image.undecidedCount, 10)
      for bits in 0..<UInt64(1) << UInt64(undecided) {
        let crashed = image.copy()
        crashed.losePower(Crash(keeping: bits, size: .written))
        #expect(try LogModel.read(crashed).commits.count == model.commits.count, "keeping \(bits)")
        crashCount += 1
      }
    }
    #expect(crashCount > 50)
  }
}
