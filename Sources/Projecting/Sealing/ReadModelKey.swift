// The secret that seals the files of read models. What must hold: a program that can write a read
// model and cannot read this key, which lies with the other keys of the folder, makes no seal.

/// The key of seals: 32 random bytes.
public struct ReadModelKey: Sendable {
  let bytes: [UInt8]

  static let byteCount = 32

  /// - Returns: `nil` unless there are 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}
