// The texts of values on pages.

import Domain
import Events
package import HTML
import JSON

/// The status of a refund or a return in words.
func statusLabel(_ status: String) -> String {
  status == "outcome_unknown" ? "of unknown outcome" : spacedWords(status)
}

/// `in transit` of `in_transit`.
func spacedWords(_ name: String) -> String { name.replacing("_", with: " ") }

func statusBadge(_ status: String) -> HTML { badge(status, statusLabel(status)) }

/// - Parameter colour: a status whose colour the stylesheet defines.
package func badge(_ colour: String, _ words: String) -> HTML {
  "<span class=\"status \(colour)\">\(words)</span>"
}

/// An amount with its currency, `188,445.37 GBP`.
package func money(_ amount: Int, _ currency: String) -> String {
  let exponent = CurrencyCode(currency).flatMap { Currency.exponent(of: $0) } ?? 0
  var digits = String(amount.magnitude)
  digits = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
  let whole = Int(digits.dropLast(exponent)) ?? 0
  let fraction = exponent > 0 ? "." + digits.suffix(exponent) : ""
  return "\(amount < 0 ? "−" : "")\(grouped(whole))\(fraction) \(currency)"
}

/// A number with thousands separators.
package func grouped(_ number: Int) -> String {
  var text = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index.isMultiple(of: 3), digit != "-" { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}

/// `2010-12-01 08:26` of `2010-12-01T08:26:00.000000Z`.
package func clock(_ time: String) -> String {
  String(time.prefix(16).replacing("T", with: " "))
}

/// `Refund approved` of `RefundApproved`, `SLA breached` of `SlaBreached`.
func spaced(_ type: String) -> String {
  var text = ""
  for character in type {
    if character.isUppercase, !text.isEmpty {
      text += " " + character.lowercased()
    } else {
      text.append(character)
    }
  }
  return text.hasPrefix("Sla ") ? "SLA" + text.dropFirst(3) : text
}

/// The texts that are there, one after another.
func joined(_ texts: String?..., with separator: String = ", ") -> String {
  texts.compactMap(\.self).joined(separator: separator)
}

/// Values as the text of a JSON array.
func jsonArray(_ values: [some JSONCodable]) -> String {
  var bytes: [UInt8] = [UInt8(ascii: "[")]
  for (index, value) in values.enumerated() {
    if index > 0 { bytes.append(UInt8(ascii: ",")) }
    value.writeJSON(to: &bytes)
  }
  return String(decoding: bytes + [UInt8(ascii: "]")], as: UTF8.self)
}
