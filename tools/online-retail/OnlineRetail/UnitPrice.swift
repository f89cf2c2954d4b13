// Prices are decimal pounds with up to three decimals. They become pence by their digits, never by
// way of a floating-point number: 0.285 is 29 pence, although no Double is 0.285.

/// What one unit costs.
struct UnitPrice: Equatable, Sendable {
  /// Rounded half up, away from zero.
  var pence: Int

  /// Whether the text said more than zero; 0.001 does, although it is 0 pence.
  var isPositive: Bool

  /// Reads `2.55`, `-11062.06`, `3`; nil for anything else and for more than 12 digits of pounds.
  init?(_ text: ArraySlice<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    let parts = text.dropFirst(isNegative ? 1 : 0)
      .split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let pounds = parts.first.flatMap({ Int(digits: $0) }) else { return nil }
    var pence = pounds * 100
    var isZero = pounds == 0
    if parts.count == 2 {
      let decimals = Array(parts[1])
      guard !decimals.isEmpty, decimals.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return nil
      }
      func digit(_ index: Int) -> Int { index < decimals.count ? Int(decimals[index]) - 0x30 : 0 }
      pence += digit(0) * 10 + digit(1) + (digit(2) >= 5 ? 1 : 0)
      isZero = isZero && decimals.allSatisfy { $0 == 0x30 }
    }
    self.pence = isNegative ? -pence : pence
    isPositive = !isNegative && !isZero
  }
}

extension Int {
  /// Reads one to twelve digits and nothing else.
  fileprivate init?(digits: ArraySlice<UInt8>) {
    guard (1...12).contains(digits.count) else { return nil }
    self = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      self = self * 10 + Int(digit - 0x30)
    }
  }

  /// Reads up to twelve digits, perhaps after a minus, and nothing else.
  init?(decimal: ArraySlice<UInt8>) {
    let isNegative = decimal.first == UInt8(ascii: "-")
    guard let magnitude = Int(digits: decimal.dropFirst(isNegative ? 1 : 0)) else { return nil }
    self = isNegative ? -magnitude : magnitude
  }
}
