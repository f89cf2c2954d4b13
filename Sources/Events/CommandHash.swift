// What tells whether a command id was used again with other content: the first 16 bytes of SHA-256
// over the command's canonical content (everything but the id). It needs no key, so personal texts,
// which could be guessed by it, are left out (an empty text stands for each). Where there are some,
// the second half is of a keyed hash of them instead, which is worth nothing once the person's key
// is destroyed.

public import EventSourcing
import JSON

/// Sixteen bytes, written as 32 lower-case hexadecimal digits.
public struct CommandHash: Hashable, Sendable {
  private var high: UInt64
  private var low: UInt64

  /// Takes the first sixteen bytes of a digest.
  ///
  /// - Precondition: there are so many.
  public init(digest: Span<UInt8>) {
    precondition(digest.count >= 16, "a digest of less than sixteen bytes")
    (high, low) = (0, 0)
    for index in 0..<8 {
      high = high << 8 | UInt64(digest[index])
      low = low << 8 | UInt64(digest[index + 8])
    }
  }

  public init(digest: [UInt8]) { self.init(digest: digest.span) }

  /// Reads 32 lower-case hexadecimal digits; nil for anything else.
  public init?(_ text: some StringProtocol) { self.init(utf8: Array(text.utf8).span) }

  init?(utf8 text: Span<UInt8>) {
    guard text.count == 32, let high = CommandHash.half(of: text, from: 0),
      let low = CommandHash.half(of: text, from: 16)
    else { return nil }
    self.high = high
    self.low = low
  }

  private static func half(of text: Span<UInt8>, from start: Int) -> UInt64? {
    guard let high = quarter(of: text, from: start), let low = quarter(of: text, from: start + 8)
    else { return nil }
    return high << 32 | low
  }

  /// Eight digits at a time, a byte of the word each.
  private static func quarter(of text: Span<UInt8>, from start: Int) -> UInt64? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let word = text.word(at: start)
    // Letters have bit 6, and `a` ends with 1.
    let values = (word & (ones &* 0x0F)) &+ ((word >> 6) & ones) &* 9
    let isLetter = ((values &+ (ones &* 118)) >> 7) & ones
    // What is no digit has a value above 15, or is not what its value is written as.
    let written = values &+ (ones &* 0x30) &+ (isLetter &* 0x27)
    guard values & (ones &* 0xF0) == 0, written == word else { return nil }
    var value = values.byteSwapped
    value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
    value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
    return (value | value >> 16) & 0xFFFF_FFFF
  }

  /// The same hash with another second half: the first eight bytes of a digest of the personal
  /// texts.
  public func withPersonalPart(_ digest: [UInt8]) -> CommandHash {
    var hash = self
    hash.low = CommandHash(digest: digest).high
    return hash
  }

  /// Whether both are of the same content as far as that is not personal.
  public func hasSameRest(as other: CommandHash) -> Bool { high == other.high }

  /// The sixteen bytes.
  public var bytes: [UInt8] {
    [high, low].flatMap { half in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
    }
  }

  /// Appends the 32 digits.
  public func write(to bytes: inout [UInt8]) {
    var digits = [32 of UInt8](repeating: 0)
    for index in 0..<32 {
      let half = index < 16 ? high : low
      let digit = UInt8(half >> UInt64(60 - index % 16 * 4) & 15)
      digits[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
    }
    bytes.append(copying: digits.span)
  }
}

extension CommandHash: WrittenText {}
