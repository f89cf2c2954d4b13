// Errors of sealing and opening personal texts. They name the person and never the text.

/// Why personal data cannot be sealed, opened or stored.
public enum PersonalDataError: Error, Hashable, Sendable {
  /// The person was erased, so their personal data may not be recorded.
  case erased(Person)
  /// A text does not open with the person's key at its place.
  case damaged(Person, PersonalPlace)
  /// A stored key that no master key opens.
  case unreadableKey(Person, master: Int)
  /// The folder has no keys although the log holds sealed texts.
  case keysLost(path: String)
  case malformed(path: String, expected: String)
  /// The keys' file, or a file beside it.
  case store(String)
}

extension PersonalDataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .erased(let person): "\(person) was erased"
    case .damaged(let person, let place):
      """
      the \(place.field) of \(person) in \(place.stream), revision \(place.revision), does not \
      open under the person's key: it is not what was written there
      """
    case .unreadableKey(let person, let master):
      """
      the key of \(person) does not open under master key \(master); put the keys' folder back \
      from one copy, with keys.sqlite and the master key of the same time
      """
    case .keysLost(let path):
      """
      \(path) has not the keys that the log's personal data is sealed under, and no new ones open \
      it. Put the copy of the keys back: keys.sqlite and master-*.key.
      """
    case .malformed(let path, let expected): "\(path) does not hold \(expected)"
    case .store(let reason): "the personal keys cannot be used: \(reason)"
    }
  }
}
