import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// What happens to the bytes of sealed segments is found.
@Suite struct SealedDamageTests {
  private func sealedSample() throws -> TemporaryFolder {
    let folder = try SealingTests.sample(commits: 14, segmentByteCount: 1_500)
    var configuration = SealingTests.small
    configuration.sealedFrameLineByteCount = 500
    try LogSealing.seal(folder: folder.log, configuration: configuration)
    #expect(folder.segments.count > 2)
    return folder
  }

  private func expectDamage(_ folder: TemporaryFolder, in name: String, _ comment: Comment) {
    let error = #expect(throws: LogError.self, comment) {
      try LogReader.verify(folder: folder.log)
    }
    switch error {
    case .damaged(name, _, _, _), .unsupportedFormat(name, _, _, _): break
    default: Issue.record("\(comment): \(String(describing: error))")
    }
  }

  @Test func `every changed byte is found, and opening never hides it`() throws {
    let folder = try sealedSample()
    for name in folder.segments {
      let good = folder.bytes(of: name)
      try folder.remove(name)
      for offset in good.indices {
        var bad = good
        bad[offset] ^= 1 << UInt8(offset % 8)
        try folder.write(bad, to: name)
        expectDamage(folder, in: name, "\(name) byte \(offset)")
      }
      try folder.write(good, to: name)
    }
    #expect(try LogReader.verify(folder: folder.log).commits == 14)
  }

  @Test func `a changed byte that opening does not see is found by reading the frame`() throws {
    let folder = try sealedSample()
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    try folder.remove(name)
    var readers = 0
    for offset in stride(from: 0, to: good.count, by: 5) {
      var bad = good
      bad[offset] ^= 0x10
      try folder.write(bad, to: name)
      guard let (log, _) = try? folder.open(SealingTests.small) else { continue }
      defer { log.close() }
      readers += 1
      #expect(throws: LogError.self, "byte \(offset)") {
        for tenant in log.tenants {
          try log.readEvents(of: tenant, in: .first..<Position(9999)) { _, _ in }
        }
      }
      #expect(folder.bytes(of: name) == bad)
    }
    #expect(readers > 10)
  }

  @Test func `a sealed segment cut anywhere is refused, even when it is the last`() throws {
    let folder = try sealedSample()
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    for isLast in [false, true] {
      let copy = try folder.copy()
      if isLast {
        for other in copy.segments.dropFirst() {
          try copy.remove(other)
        }
      }
      for length in FrameHeader.fixedByteCount..<good.count {
        try copy.write(Array(good[..<length]), to: name)
        expectDamage(copy, in: name, "cut at \(length), last: \(isLast)")
        #expect(throws: LogError.self) { _ = try copy.open() }
        #expect(copy.bytes(of: name).count == length)
      }
    }
  }

  @Test func `what follows the last mark of a sealed segment is refused`() throws {
    let folder = try sealedSample()
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    for extra in [[0], [1, 2, 3], good] as [[UInt8]] {
      let copy = try folder.copy()
      try copy.write(good + extra, to: name)
      expectDamage(copy, in: name, "\(extra.count) bytes more")
      #expect(throws: LogError.self) { _ = try copy.open() }
    }
  }

  @Test func `frames in another order, left out, repeated, or a segment in another's place`() throws
  {
    let folder = try sealedSample()
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    var bounds = [0]
    let file = try SegmentFile(.first, in: folder.log, of: RealFileSystem())
    while case .whole(let header, let count) = try file.record(
      at: bounds.last!, checkingFrame: true)
    {
      bounds.append(bounds.last! + count + header.frameByteCount)
    }
    let records = zip(bounds, bounds.dropFirst()).map { Array(good[$0..<$1]) }
    #expect(records.count > 3)
    var swapped = records
    swapped.swapAt(0, 1)
    var repeated = records
    repeated.insert(records[1], at: 1)
    var shorter = records
    shorter.remove(at: 1)
    let unmarked = Array(records.dropLast())
    for (comment, bad) in [
      ("swapped", swapped), ("repeated", repeated), ("left out", shorter), ("unmarked", unmarked),
    ] {
      let copy = try folder.copy()
      try copy.write(Array(bad.joined()), to: name)
      expectDamage(copy, in: name, Comment(rawValue: comment))
    }
    let copy = try folder.copy()
    let second = folder.segments[1]
    try copy.write(folder.bytes(of: second), to: name)
    expectDamage(copy, in: name, "the second in the first's place")
    #expect(throws: LogError.self) { _ = try copy.open() }
    try copy.write(good, to: name)
    try copy.write(good, to: second)
    expectDamage(copy, in: second, "the first in the second's place")
    #expect(throws: LogError.self) { _ = try copy.open() }
  }

  @Test func `a closing mark that sums up something else is refused, however whole it is`() throws {
    let folder = try sealedSample()
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    let file = try SegmentFile(.first, in: folder.log, of: RealFileSystem())
    var offset = 0
    var mark: FrameHeader?
    while case .whole(let header, let count) = try file.record(at: offset, checkingFrame: true) {
      mark = header
      if header.isMark { break }
      offset += count + header.frameByteCount
    }
    let real = try #require(mark)
    #expect(real.isTotal && good[offset...].elementsEqual(real.encoded(at: offset)))
    let forgeries: [(Comment, (inout FrameHeader) -> Void)] = [
      ("an event more", { $0.eventCount += 1 }),
      ("a byte less", { $0.lineByteCount -= 1 }),
      ("a tenant that begins later", { $0.tenants[0].firstPosition = Position(7) }),
      ("a tenant with an event more", { $0.tenants[0].eventCount += 1 }),
      ("a tenant less", { $0.tenants.removeLast() }),
    ]
    for (comment, forge) in forgeries {
      var forged = real
      forge(&forged)
      let copy = try folder.copy()
      try copy.write(good[..<offset] + forged.encoded(at: offset), to: name)
      expectDamage(copy, in: name, comment)
    }
  }

  @Test func `a log whose last segment is sealed continues in a new one`() throws {
    let folder = try sealedSample()
    while folder.segments.count > 1 {
      try folder.remove(folder.segments.last!)
    }
    let name = folder.segments[0]
    let good = folder.bytes(of: name)
    let before = try contents(of: folder.log)
    let (log, report) = try folder.open()
    #expect(report.commits == before.count && report.sealedSegments == 1)
    let tenant = log.tenants[0]
    let next = log.nextPosition(of: tenant)
    try log.appendAndWait([.make(tenant.rawValue, at: Int(next.value), "new", ["s/1"])])
    log.close()
    #expect(folder.segments.count == 2 && folder.bytes(of: name) == good)
    #expect(try contents(of: folder.log).dropLast() == before[...])
  }
}
