// The currency table against a published ISO 4217 list.

import Domain
import Events
import Foundation
import OutsideData
import Testing

private let list = "iso4217/codes-all.csv"

@Suite(.enabled(if: OutsideData.isDue(list), "needs \(list) beside the checkout"))
struct CurrencyListTests {
  /// Code and decimals of what is in use; `nil` decimals for what has no minor unit.
  static func codes() throws -> [(code: String, decimals: Int?)] {
    let text = try String(decoding: OutsideData.bytes(of: list), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      let fields = self.fields(of: String(line))
      guard fields.count == 6, fields[2].count == 3, fields[5].isEmpty else { return nil }
      return (fields[2], Int(fields[4]))
    }
  }

  /// A name may stand in quotes and hold commas.
  private static func fields(of line: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  @Test func `every code in use has the decimals of the list, and what has none is no money`()
    throws
  {
    let codes = try Self.codes()
    #expect(codes.count > 250)
    for (code, decimals) in codes {
      #expect(Currency.exponent(of: CurrencyCode(unchecked: code)) == decimals, "\(code)")
    }
  }

  @Test func `no code is known that is not in use`() throws {
    let inUse = Set(try Self.codes().map(\.code))
    let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
    for first in letters {
      for second in letters {
        for third in letters where !inUse.contains(first + second + third) {
          let code = CurrencyCode(unchecked: first + second + third)
          #expect(Currency.exponent(of: code) == nil, "\(code)")
        }
      }
    }
  }
}
