// Values whose text has one form, which is written as bytes on hot paths.

public protocol WrittenText: CustomStringConvertible {
  /// Appends the bytes of the text.
  func write(to bytes: inout [UInt8])
}

extension WrittenText {
  public var description: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
