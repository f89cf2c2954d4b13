// The checks that a fold makes: an event that no decision could have led to here means that the
// history is damaged, and nothing may be decided on it.

import EventSourcing

func require(
  _ holds: Bool, _ otherwise: @autoclosure () -> String
) throws(InconsistentHistory) {
  guard holds else { throw InconsistentHistory(otherwise()) }
}

func unwrap<Value>(
  _ value: Value?, _ otherwise: @autoclosure () -> String
) throws(InconsistentHistory) -> Value {
  guard let value else { throw InconsistentHistory(otherwise()) }
  return value
}
