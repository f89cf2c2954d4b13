// The end of a log whose last write did not finish.

public import EventSourcing

/// Bytes after the last whole record that were never acknowledged.
public struct TornTail: Equatable, Sendable, CustomStringConvertible {
  /// The file name of the last segment.
  public var segment: String
  /// Where the last whole record ends, in bytes.
  public var offset: Int
  /// How many bytes follow.
  public var byteCount: Int
  /// The next commit.
  public var ordinal: Ordinal
  /// Why the bytes are no whole record.
  public var reason: String

  public var description: String {
    "\(byteCount) bytes at the end of \(segment) from byte \(offset), commit \(ordinal): \(reason)"
  }
}
