// A monitor believes only what was signed and what it read itself: every way to change a history
// raises an alarm, and an honest one raises none, however it grows.

import Audit
import EventSourcing
import Events
import SeededRandom
import Testing
import Transparency

struct `A monitor` {
  private static let acme = ForgedHistory.tenant

  private static func monitor(of history: WatchedHistory) -> TenantMonitor {
    TenantMonitor(acme, keys: [history.key.verifier], record: nil)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `follows a history that grows, and remembers it`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let all = try await WatchedHistory.long()
    var count = Int.random(in: 1...1_500, using: &random)
    var monitor = Self.monitor(of: all)
    while true {
      let history = all.first(count)
      // As if it had been stopped and started between two rounds.
      let record = try monitor.record.map { try MonitorRecord(json: $0.json) }
      monitor = TenantMonitor(Self.acme, keys: [all.key.verifier], record: record)
      let isFirst = record == nil
      let round = try monitor.round(of: history, isWhole: false, at: count, using: &random)
      #expect(round.size == count && round.isWhole == isFirst && round.findings == [])
      #expect(round.newEventCount == UInt64(count) - (record?.size ?? 0))
      #expect(monitor.record?.wholeReadAt == (isFirst ? count : record?.wholeReadAt))
      if count == all.lines.count { break }
      count = min(all.lines.count, count + Int.random(in: 0...700, using: &random))
    }
    let whole = try monitor.round(of: all, isWhole: true, at: 9, using: &random)
    #expect(whole.isWhole && whole.newEventCount == 0 && monitor.record?.wholeReadAt == 9)
  }

  @Test func `runs the controls over everything it reads the first time`() async throws {
    var forged = try await ForgedHistory(HonestHistory.shared.value)
    try forged.set(
      "data.settlementReference", to: #"" ""#, of: "RefundLegSettled", in: "refund/paid")
    var random = SplitMix64(seed: 1)
    let history = WatchedHistory(forged.commits)
    var monitor = Self.monitor(of: history)
    let round = try monitor.round(of: history, isWhole: false, at: 0, using: &random)
    #expect(Set(round.findings.map(\.control)) == ["settlements"])
  }

  /// A way to change a history that a monitor has seen.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// A part of the alarm.
    var says: String
    var noteCount = 0
    var isWhole = false
    var change: @Sendable (inout WatchedHistory) -> Void
  }

  static let changes = [
    Change(testDescription: "an old event that is altered", says: "from position 0 to 1023") {
      $0.lines[5] = $0.lines[6]
    },
    Change(
      testDescription: "an old event that is altered, found by a reading of all",
      says: "1500 events that can be read are not those", noteCount: 1, isWhole: true
    ) { $0.rename(1_400) },
    Change(
      testDescription: "new events that are not those signed",
      says: "2100 events that can be read are not those", noteCount: 1
    ) { $0.rename(2_000) },
    Change(testDescription: "an event that is removed", says: "comes where 1700 comes next") {
      $0.lines.remove(at: 1_700)
    },
    Change(testDescription: "events in another order", says: "1701 comes where 1700 comes next") {
      $0.lines.swapAt(1_700, 1_701)
    },
    Change(testDescription: "the last events removed", says: "2000 can be read") {
      $0.lines.removeLast(100)
    },
    Change(
      testDescription: "a history that was rolled back", says: "signed before, and now 1400",
      noteCount: 2
    ) {
      $0.lines.removeLast(700)
      $0.sign()
    },
    Change(
      testDescription: "a fork of the same size", says: "two roots were signed", noteCount: 2
    ) {
      $0.lines.removeLast(600)
      $0.rename(1_499)
      $0.sign()
    },
    Change(
      testDescription: "a fork that grew", says: "not those that were signed", noteCount: 1,
      isWhole: true
    ) {
      $0.rename(1_499)
      $0.sign()
    },
    Change(testDescription: "another key", says: "cannot be believed") {
      $0.key = WatchedHistory.newKey()
      $0.sign()
    },
    Change(testDescription: "a checkpoint of somebody else", says: "cannot be believed") {
      $0.sign(as: "redress/other")
    },
    Change(testDescription: "no checkpoint", says: "cannot be believed") { $0.note = [] },
  ]

  @Test(arguments: changes) func `raises`(change: Change) async throws {
    let honest = try await WatchedHistory.long()
    var random = SplitMix64(seed: 7)
    var monitor = Self.monitor(of: honest)
    _ = try monitor.round(of: honest.first(1_500), isWhole: true, at: 0, using: &random)
    let record = monitor.record
    var changed = honest
    change.change(&changed)
    let alarm = #expect(throws: MonitorAlarm.self) {
      try monitor.round(of: changed, isWhole: change.isWhole, at: 1, using: &random)
    }
    #expect(alarm?.description.contains(change.says) == true, "\(String(describing: alarm))")
    #expect(alarm?.notes.count == change.noteCount)
    #expect(monitor.record == record, "an alarm leaves what was seen before")
  }

  @Test func `refuses a state that no monitor stored`() async throws {
    let history = try await WatchedHistory.long()
    var random = SplitMix64(seed: 1)
    var monitor = Self.monitor(of: history)
    _ = try monitor.round(of: history, isWhole: false, at: 0, using: &random)
    let json = try #require(try monitor.record?.json)
    let text = String(decoding: json, as: UTF8.self)
    for broken in [text.replacing("\"size\":2100", with: "\"size\":2101"), "{}", ""] {
      #expect(throws: (any Error).self) { try MonitorRecord(json: Array(broken.utf8)) }
    }
  }
}
