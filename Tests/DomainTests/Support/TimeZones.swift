// Time zones as the service has them, from Foundation; the domain is given them.

import EventSourcing
import Foundation
import Synchronization

enum TimeZones {
  private static let known = Mutex<[String: TimeZone]>([:])

  static func zone(_ name: String) -> TimeZone {
    known.withLock { known in
      if let zone = known[name] { return zone }
      guard let zone = TimeZone(identifier: name) else { preconditionFailure("no zone \(name)") }
      known[name] = zone
      return zone
    }
  }

  /// How many seconds a zone is ahead of UTC.
  static let offset: @Sendable (String, Timestamp) -> Int = { name, time in
    let seconds = Double((time.microseconds / 1_000_000))
    return zone(name).secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
  }
}
