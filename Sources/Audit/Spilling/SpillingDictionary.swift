// A dictionary of which only what was used lately is in memory. What must hold: it has the values
// that an ordinary dictionary would have, independent of what was moved out of memory and when.

import EventSourcing

/// Values by key, which leave memory when they were not used in the last of two spans.
struct SpillingDictionary<Key: Hashable, Value: Codable> {
  /// What was used since the last span ended, with the newest values.
  private var young: [Key: Value] = [:]
  /// What was used in the last span.
  private var old: [Key: Value] = [:]
  /// `nil` while everything is in memory.
  private var spilled: SpilledValues?

  /// The value, which stays in memory for now.
  subscript(key: Key) -> Value? {
    mutating get {
      if let value = young[key] { return value }
      guard let value = takeOlder(key) else { return nil }
      young[key] = value
      return value
    }
  }

  mutating func set(_ key: Key, to value: Value) { young[key] = value }

  /// Changes a value in place.
  mutating func update(
    _ key: Key, default value: @autoclosure () -> Value, _ change: (inout Value) -> Void
  ) {
    let older = young.index(forKey: key) == nil ? takeOlder(key) ?? value() : nil
    if let older { young[key] = older }
    if let index = young.index(forKey: key) { change(&young.values[index]) }
  }

  private mutating func takeOlder(_ key: Key) -> Value? {
    old.removeValue(forKey: key) ?? spilled?.value(Value.self, of: key)
  }

  /// Ends a span: what was not used in it leaves memory.
  mutating func spill(into file: SpillFile) throws {
    if !old.isEmpty {
      if spilled == nil { spilled = SpilledValues(in: file) }
      try spilled?.add(old)
    }
    // The older one's memory is used again.
    swap(&old, &young)
    young.removeAll(keepingCapacity: true)
  }
}

extension SpillingDictionary: Sendable where Key: Sendable, Value: Sendable {}
