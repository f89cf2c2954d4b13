// The clock of a publisher in a test.

import EventSourcing

/// A clock that always shows noon of one day.
func noon(_ day: String = "2026-01-16") -> @Sendable () -> Timestamp {
  let time = Timestamp("\(day)T12:00:00Z")
  return {
    guard let time else { preconditionFailure("\(day) is no day") }
    return time
  }
}
