// Which readings of the system's clock have to be accepted by an operator, at each limit.

import CommandHandling
import EventSourcing
import Testing

struct `The rule about the clock` {
  private static let minute = Int64(60_000_000)
  private static let day = 1_440 * minute
  /// 2026-01-16T10:00:00Z.
  private static let noon = Timestamp(microseconds: 1_768_557_600_000_000)

  /// - Parameters:
  ///   - time: in microseconds after ``noon``.
  ///   - boot: in microseconds after the machine's start.
  private func reading(_ time: Int64, boot: Int64) -> ClockReading {
    ClockReading(
      time: Timestamp(microseconds: Self.noon.microseconds + time), sinceBoot: boot)
  }

  private func kind(
    _ now: ClockReading, accepted: ClockReading? = nil, lastRecorded: Timestamp? = nil,
    idleDaysMax: Int = 30
  ) -> ClockJump.Kind? {
    ClockRule(idleDaysMax: idleDaysMax).jump(
      at: now, accepted: accepted, lastRecorded: lastRecorded)?.kind
  }

  @Test func `believes a step of 5 minutes and none of more, forward and back`() {
    let accepted = reading(0, boot: 7)
    for hour: Int64 in [0, 60, 400 * 1_440] {
      let passed = hour * Self.minute
      func after(_ step: Int64) -> ClockJump.Kind? {
        kind(reading(passed + step, boot: 7 + passed), accepted: accepted)
      }
      #expect(after(0) == nil)
      #expect(after(5 * Self.minute) == nil)
      #expect(after(5 * Self.minute + 1) == .setForward)
      #expect(after(-5 * Self.minute) == nil)
      #expect(after(-5 * Self.minute - 1) == .setBack)
    }
  }

  @Test func `adds up small steps since the clock was accepted`() {
    let accepted = reading(0, boot: 0)
    let minute = Self.minute
    #expect(kind(reading(13 * minute, boot: 10 * minute), accepted: accepted) == nil)
    #expect(kind(reading(26 * minute, boot: 20 * minute), accepted: accepted) == .setForward)
  }

  @Test func `says from when to when it jumped`() throws {
    let jump = try #require(
      ClockRule().jump(
        at: reading(Self.day + 3, boot: 10), accepted: reading(0, boot: 7), lastRecorded: nil))
    #expect(jump.from == Timestamp(microseconds: Self.noon.microseconds + 3))
    #expect(jump.to == Timestamp(microseconds: Self.noon.microseconds + Self.day + 3))
    #expect(
      jump.description.hasPrefix(
        "The system's clock was set forward from 2026-01-16T10:00:00.000003Z to "
          + "2026-01-17T10:00:00.000003Z. If 2026-01-17T10:00:00.000003Z is right, accept it with "
          + "redress clock accept --data DIR"))
  }

  @Test(arguments: [1, 30, 36_500])
  func `believes at the start that a log was silent for some days, and not longer`(days: Int) {
    func after(_ time: Int64) -> ClockJump.Kind? {
      kind(reading(time, boot: 0), lastRecorded: Self.noon, idleDaysMax: days)
    }
    let silence = Int64(days) * Self.day
    #expect(after(0) == nil)
    #expect(after(silence) == nil)
    #expect(after(silence + 1) == .longSilence(daysMax: days))
  }

  @Test func `believes at the start that the last event is up to 5 minutes ahead`() {
    func before(_ time: Int64) -> ClockJump.Kind? {
      kind(reading(-time, boot: 0), lastRecorded: Self.noon)
    }
    #expect(before(5 * Self.minute) == nil)
    #expect(before(5 * Self.minute + 1) == .beforeLastEvent)
  }

  @Test func `believes any time where nothing was recorded`() {
    #expect(kind(reading(-20_000 * Self.day, boot: 0)) == nil)
  }

  @Test func `does not look at the last event once the clock was accepted`() {
    let accepted = reading(0, boot: 0)
    for days: Int64 in [-400, 400] {
      let last = Timestamp(microseconds: Self.noon.microseconds + days * Self.day)
      #expect(kind(reading(1, boot: 1), accepted: accepted, lastRecorded: last) == nil)
    }
  }
}
