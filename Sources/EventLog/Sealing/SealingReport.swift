// What sealing a segment came to.

/// A segment that was sealed.
public struct SealingReport: Equatable, Sendable {
  /// The segment's file name.
  public var segment: String
  /// The lines' length with newlines.
  public var lineByteCount: Int
  /// The file's length before.
  public var byteCountBefore: Int
  /// The file's length now.
  public var byteCount: Int
}
