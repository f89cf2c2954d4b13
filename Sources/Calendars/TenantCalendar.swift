// A tenant's calendar days. The domain counts in days and knows no time zones; the zones come from
// the ICU data inside Foundation, so they are the same on every machine with the same build.

public import EventSourcing
import Foundation
import Synchronization

/// Turns instants into the days of one time zone.
public struct TenantCalendar: Sendable {
  private let timeZone: TimeZone

  /// - Parameter name: from the time zone database, with an area: `Europe/London`; or `UTC`, `GMT`.
  /// - Returns: `nil` where the database has no such name.
  public init?(timeZone name: String) {
    guard name.contains("/") || name == "UTC" || name == "GMT", !name.hasPrefix("/"),
      let timeZone = TimeZone(identifier: name)
    else { return nil }
    self.timeZone = timeZone
  }

  public func date(of time: Timestamp) -> CalendarDate {
    let local = time.microseconds.floorDivided(by: 1_000_000) + Int64(utcOffset(at: time))
    return CalendarDate(daysSince1970: Int(local.floorDivided(by: 86_400)))
  }

  /// How many seconds the zone is ahead of UTC.
  public func utcOffset(at time: Timestamp) -> Int {
    let seconds = time.microseconds.floorDivided(by: 1_000_000)
    return timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// The calendars that are in use, by name.
public final class TenantCalendars: Sendable {
  private let known = Mutex<[String: TenantCalendar]>([:])

  public init() {}

  /// The calendar of a tenant whose time zone was checked when it was set.
  public func calendar(timeZone name: String) -> TenantCalendar {
    known.withLock { known in
      if let calendar = known[name] { return calendar }
      guard let calendar = TenantCalendar(timeZone: name) ?? TenantCalendar(timeZone: "UTC") else {
        preconditionFailure("Foundation has no UTC")
      }
      known[name] = calendar
      return calendar
    }
  }
}
