import EventSourcing
import Testing

struct `Times and dates` {
  @Test(arguments: [
    "2026-01-16T10:00:00.123456Z", "1969-12-31T23:59:59.999999Z", "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z", "2024-02-29T12:00:00.000000Z",
  ])
  func `a canonical time reads back as it was written`(text: String) throws {
    #expect(try #require(Timestamp(text)).description == text)
  }

  @Test func `a time without fraction is the same time with six zeros`() {
    #expect(Timestamp("2010-12-01T08:26:00Z")?.description == "2010-12-01T08:26:00.000000Z")
    #expect(Timestamp("2010-12-01T08:26:00.5Z")?.description == "2010-12-01T08:26:00.500000Z")
  }

  @Test(arguments: [
    ("2026-01-16T11:00:00+01:00", "2026-01-16T10:00:00.000000Z"),
    ("2026-01-16T04:30:00.5-05:30", "2026-01-16T10:00:00.500000Z"),
    ("2026-01-16T10:00:00-00:00", "2026-01-16T10:00:00.000000Z"),
    ("2026-01-01T00:30:00+14:00", "2025-12-31T10:30:00.000000Z"),
    ("2024-02-28T23:59:59-23:59", "2024-02-29T23:58:59.000000Z"),
    ("2026-01-16t10:00:00.123456999z", "2026-01-16T10:00:00.123456Z"),
  ])
  func `a time with an offset is the same moment in UTC`(text: String, utc: String) {
    #expect(Timestamp(text)?.description == utc)
  }

  @Test(arguments: [
    "2023-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z", "2026-01-01 00:00:00Z",
    "0000-01-01T00:00:00Z", "0001-01-01T00:30:00+01:00", "9999-12-31T23:30:00-01:00",
    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60", "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00+01", "2026-01-01T00:00:00Z+01:00", "",
  ])
  func `a time that no clock shows is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func `every day from 1900 to 2100 follows the one before`() throws {
    let first = try #require(CalendarDate("1900-01-01"))
    let last = try #require(CalendarDate("2100-12-31"))
    var previous = ""
    for number in first.daysSince1970...last.daysSince1970 {
      let text = CalendarDate(daysSince1970: number).description
      #expect(text > previous)
      #expect(CalendarDate(text)?.daysSince1970 == number)
      previous = text
    }
    #expect(CalendarDate("1970-01-01")?.daysSince1970 == 0)
    #expect(CalendarDate("2000-03-01")?.daysSince1970 == 11_017)
  }
}

struct Identifiers {
  @Test(arguments: [
    "a", "srf_8Q2", "820982911946154508", "A-b_9", String(repeating: "x", count: 64),
  ])
  func `letters, digits, underscore and hyphen up to 64 make a name`(text: String) {
    #expect(TenantID(text)?.rawValue == text)
  }

  @Test(arguments: ["", "a b", "ä", "a/b", "a\n", String(repeating: "x", count: 65)])
  func `anything else is no name`(text: String) {
    #expect(TenantID(text) == nil)
  }

  @Test func `names that begin with an underscore are reserved`() {
    #expect(TenantID("_system")?.isReserved == true)
    #expect(TenantID("a_")?.isReserved == false)
  }
}
