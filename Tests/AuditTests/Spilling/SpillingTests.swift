// A dictionary and a set that move their contents into a file, beside ordinary ones.

import EventLog
import EventSourcing
import Glibc
import SeededRandom
import Testing

@testable import Audit

struct `A dictionary that moves values out of memory` {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `has the values of an ordinary one`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let file = try SpillFile()
    var ordinary: [String: [Int]] = [:]
    var spilling = SpillingDictionary<String, [Int]>()
    for step in 0..<40_000 {
      // Some keys are used all the time, most of them seldom.
      let key = "key-\(random.next() % (step % 2 == 0 ? 20 : 9_000))"
      switch random.next() % 4 {
      case 0: #expect(spilling[key] == ordinary[key])
      case 1:
        ordinary[key] = [step]
        spilling.set(key, to: [step])
      default:
        ordinary[key, default: []].append(step)
        spilling.update(key, default: []) { $0.append(step) }
      }
      if random.next() % 700 == 0 { try spilling.spill(into: file) }
    }
    try spilling.spill(into: file)
    try spilling.spill(into: file)
    for key in (0..<9_100).map({ "key-\($0)" }) { #expect(spilling[key] == ordinary[key]) }
    try file.check()
  }

  @Test func `keeps values that are longer than what is read or written at once`() throws {
    let file = try SpillFile()
    let texts = [0, 1, 1_020, 1_024, 70_000, 1 << 20].map { String(repeating: "x", count: $0) }
    var spilling = SpillingDictionary<Int, String>()
    for (number, text) in texts.enumerated() { spilling.set(number, to: text) }
    for _ in 0..<2 { try spilling.spill(into: file) }
    for (number, text) in texts.enumerated() { #expect(spilling[number] == text) }
    #expect(spilling[texts.count] == nil)
    try file.check()
  }
}

struct `A set that moves elements out of memory` {
  @Test func `tells what was inserted before`() throws {
    var random = SplitMix64(seed: 5)
    let file = try SpillFile()
    var ordinary: Set<Int> = []
    var spilling = SpillingSet<Int>()
    for step in 0..<60_000 {
      let element = Int(random.next() % 50_000)
      #expect(spilling.insert(element) == ordinary.insert(element).inserted)
      if step % 1_700 == 0 { try spilling.spill(into: file) }
    }
    try file.check()
  }
}

struct `The pace of moving out of memory` {
  @Test func `ends a span by its bytes, however many lines they are`() throws {
    var pace = SpillPace(span: 100)
    var ends: [Int] = []
    for (index, byteCount) in [60, 39, 1, 250, 99, 1].enumerated() {
      try pace.count(byteCount) { _ in ends.append(index) }
    }
    #expect(ends == [2, 3, 5])
  }
}

struct `A table of what left memory` {
  @Test func `finds each key of a table that is longer than its filter and its pieces`() throws {
    let file = try SpillFile()
    let count = 600_000
    let entries = (0..<count).map { SpillEntry(key: SpillKey($0), place: $0) }
    var run = SpilledRun(entryCount: count, in: file)
    try run.append(entries.sorted { $0.key < $1.key })
    for number in stride(from: 0, to: count, by: 97) {
      #expect(try run.place(of: SpillKey(number)) == number)
      #expect(try run.place(of: SpillKey(count + number)) == nil)
    }
  }
}

struct `A file for what leaves memory` {
  @Test func `names its folder where it cannot be made`() {
    let error = #expect(throws: LogError.self) { try SpillFile(folder: "/no/such/folder") }
    guard case .io(_, let path, ENOENT)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasPrefix("/no/such/folder/"))
  }
}
