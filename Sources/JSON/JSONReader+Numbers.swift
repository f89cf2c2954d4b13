// Numbers (RFC 8259, section 6). Amounts and counts are whole numbers written as such; `1.0` and
// `1e2` are refused there, because equal values must have equal bytes.

extension JSONReader {
  /// Reads a whole number of a range.
  public mutating func readInteger(_ range: ClosedRange<Int>) throws(JSONError) -> Int {
    let start = startOfValue()
    var index = start
    let isNegative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    let firstDigit = index
    var value = 0
    var overflows = false
    while index < bytes.count {
      let digit = Int(bytes[index]) - 0x30
      guard digit >= 0, digit <= 9 else { break }
      let (product, a) = value.multipliedReportingOverflow(by: 10)
      let (sum, b) =
        isNegative
        ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      overflows = overflows || a || b
      value = sum
      index += 1
    }
    guard index > firstDigit, bytes[firstDigit] != UInt8(ascii: "0") || index == firstDigit + 1,
      !(isNegative && bytes[firstDigit] == UInt8(ascii: "0")), !continuesNumber(at: index),
      !overflows, range.contains(value)
    else {
      throw unexpected("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    offset = index
    return value
  }

  /// Reads a whole number from 0 on.
  public mutating func readUInt64() throws(JSONError) -> UInt64 {
    UInt64(try readInteger(0...Int.max))
  }

  private func continuesNumber(at index: Int) -> Bool {
    guard index < bytes.count else { return false }
    switch bytes[index] {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return true
    default: return false
    }
  }

  /// Consumes any number and checks its grammar.
  ///
  /// - Returns: its bytes, and whether it is written as a whole number.
  mutating func scanNumber() throws(JSONError) -> (range: Range<Int>, isInteger: Bool) {
    skipWhitespace()
    let start = offset
    var index = start
    var isInteger = true
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let whole = endOfDigits(from: index)
    guard whole > index, bytes[index] != UInt8(ascii: "0") || whole == index + 1 else {
      throw unexpected("a number")
    }
    index = whole
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      isInteger = false
      let end = endOfDigits(from: index + 1)
      guard end > index + 1 else { throw unexpected("a number") }
      index = end
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-")
      {
        index += 1
      }
      let end = endOfDigits(from: index)
      guard end > index else { throw unexpected("a number") }
      index = end
    }
    offset = index
    return (start..<index, isInteger)
  }

  private func endOfDigits(from start: Int) -> Int {
    var index = start
    while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
    return index
  }
}
