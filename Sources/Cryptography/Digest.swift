// Thirty-two bytes, compared and hashed as a value. The words hold the bytes in memory order, so
// copying in and out is a plain copy on any machine.

/// A SHA-256 value.
public struct Digest: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  /// The length in bytes.
  public static let byteCount = 32

  /// Thirty-two zero bytes.
  public static let zero = Digest()

  private init() { words = (0, 0, 0, 0) }

  /// - Returns: `nil` unless there are exactly 32 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Digest.byteCount else { return nil }
    self.init()
    unsafe withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
  }

  /// - Precondition: exactly 32 bytes.
  public init(copying bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Digest.byteCount, "a digest has 32 bytes")
    self.init()
    unsafe withUnsafeMutableBytes { unsafe $0.copyMemory(from: bytes) }
  }

  /// Lets `fill` write all 32 bytes.
  init(filledBy fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    self.init()
    unsafe withUnsafeMutableBytes {
      unsafe fill($0.baseAddress!.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The 32 bytes, only for the duration of `body`.
  @inline(__always)
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe Swift.withUnsafeBytes(of: words, body)
  }

  private mutating func withUnsafeMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    unsafe Swift.withUnsafeMutableBytes(of: &words, body)
  }

  public var bytes: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }

  public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads 64 hexadecimal digits of either case.
  ///
  /// - Returns: `nil` for anything else.
  public init?(hex: some StringProtocol) {
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in hex.utf8 {
      guard let value = Character(UnicodeScalar(character)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
    guard high == nil else { return nil }
    self.init(bytes)
  }
}
