// Europe/London in the years the tests live in, as a table: an hour ahead in summer.

import EventSourcing

let london: @Sendable (Timestamp) -> CalendarDate = { time in
  let isSummer = londonSummers.contains { $0.contains(time) }
  let local = time.microseconds + (isSummer ? 3_600_000_000 : 0)
  let day = 86_400_000_000 as Int64
  return CalendarDate(daysSince1970: Int(local >= 0 ? local / day : (local - day + 1) / day))
}

private let londonSummers: [Range<Timestamp>] = [
  "2010-03-28T01:00:00Z"..<"2010-10-31T01:00:00Z",
  "2026-03-29T01:00:00Z"..<"2026-10-25T01:00:00Z",
]
