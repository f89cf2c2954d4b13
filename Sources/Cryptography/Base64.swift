// Base64 with the alphabet and padding of RFC 4648, section 4. The same bytes have one text only:
// no white space, no missing padding, no set bits that encode nothing.

internal import CCrypto

package enum Base64 {
  package static func encode(_ bytes: [UInt8]) -> String {
    // Four characters for three bytes, and the zero that libcrypto ends a text with.
    unsafe String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4 + 1) { text in
      unsafe Int(EVP_EncodeBlock(text.baseAddress, bytes, Int32(bytes.count)))
    }
  }

  /// - Returns: `nil` for anything that ``encode(_:)`` does not write.
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    let text = Array(text)
    guard text.count % 4 == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3)
    let count = unsafe EVP_DecodeBlock(&bytes, text, Int32(text.count))
    guard count == bytes.count else { return nil }
    // libcrypto counts the padding's zeros, and overlooks white space and bits that encode nothing.
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    bytes.removeLast(padding)
    return encode(bytes).utf8.elementsEqual(text) ? bytes : nil
  }
}
