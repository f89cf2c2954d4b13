// The place of a request in a trace that spans several programs (W3C Trace Context, level 1):
//
//   00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//
// What must hold: it has this one form, so that it can stand in a header and in a line of the log
// as it is, and it holds random numbers only, no data of a person.

/// A `traceparent`.
public struct TraceParent: Hashable, Sendable, CustomStringConvertible {
  /// The length in bytes.
  public static let length = 55

  public let rawValue: String

  public var description: String { rawValue }

  /// Reads the form of version 00.
  ///
  /// - Returns: `nil` for anything else, also for a trace or a parent of zeros alone.
  public init?(canonical bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count == Self.length, bytes[0] == UInt8(ascii: "0"), bytes[1] == UInt8(ascii: "0"),
      [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") })
    else { return nil }
    for part in [3..<35, 36..<52, 53..<55] {
      guard bytes[part].allSatisfy(\.isLowercaseHexadecimal) else { return nil }
    }
    guard bytes[3..<35].contains(where: { $0 != UInt8(ascii: "0") }),
      bytes[36..<52].contains(where: { $0 != UInt8(ascii: "0") })
    else { return nil }
    rawValue = String(decoding: bytes, as: UTF8.self)
  }

  /// Reads a header; what a later version adds is left out, as the recommendation says.
  ///
  /// - Returns: `nil` for a malformed one, which a receiver ignores.
  public init?(header text: String) {
    var bytes = Array(text.utf8)
    guard bytes.count >= Self.length, bytes[..<2].allSatisfy(\.isLowercaseHexadecimal),
      bytes[..<2] != [UInt8(ascii: "f"), UInt8(ascii: "f")]
    else { return nil }
    let isLater = bytes[..<2] != [UInt8(ascii: "0"), UInt8(ascii: "0")]
    if isLater {
      let isLonger = bytes.count > Self.length
      guard !isLonger || bytes[Self.length] == UInt8(ascii: "-") else { return nil }
      bytes.replaceSubrange(..<2, with: [UInt8(ascii: "0"), UInt8(ascii: "0")])
      bytes.removeSubrange(Self.length...)
    }
    self.init(canonical: bytes)
  }
}

extension UInt8 {
  fileprivate var isLowercaseHexadecimal: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self)
  }
}
