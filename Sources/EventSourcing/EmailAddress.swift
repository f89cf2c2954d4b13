// An address that a message can be sent to as it stands: a dot-atom, @, a domain (RFC 5322, section
// 3.4.1), all of it ASCII, so that nothing of it can end a header line or begin another address.

/// `local@domain`, at most 254 bytes; quoted local parts and address literals are none.
public struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
  public let rawValue: String

  /// - Returns: `nil` for anything that is not one plain address.
  public init?(_ text: some StringProtocol) {
    guard Self.isValid(Array(text.utf8)) else { return nil }
    rawValue = String(text)
  }

  /// What follows the @.
  public var domain: Substring { rawValue[rawValue.lastIndex(of: "@")!...].dropFirst() }

  public var description: String { rawValue }

  private static func isValid(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return false }
    let local = bytes[..<at]
    let domain = bytes[(at + 1)...]
    return local.count <= 64 && isDotted(local, allowing: "!#$%&'*+-/=?^_`{|}~")
      && isDotted(domain, allowing: "-")
      && domain.split(separator: UInt8(ascii: ".")).allSatisfy {
        $0.first != UInt8(ascii: "-") && $0.last != UInt8(ascii: "-") && $0.count <= 63
      }
  }

  /// One or more parts with dots between them, of letters, digits and these.
  private static func isDotted(_ bytes: ArraySlice<UInt8>, allowing others: String) -> Bool {
    bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
          default: others.utf8.contains(byte)
          }
        }
    }
  }
}
