// A consistency proof as a text, for scripts and readers:
//
//   old 10
//   new 20
//   <Base64 of a hash> from the older tree's root towards the newer one's, one on each line

internal import Cryptography

extension ConsistencyProof {
  /// Reads the text.
  ///
  /// - Throws: ``FormatError``. Nothing is verified.
  public init(_ bytes: [UInt8]) throws(FormatError) {
    var lines = try TextLines(
      bytes, format: "consistency proof", limit: SignedNote.byteCountLimit)
    let oldSize = try lines.readNumber("the old size", after: "old ")
    let newSize = try lines.readNumber("the new size", after: "new ")
    var hashes: [Digest] = []
    while !lines.isAtEnd {
      let hash = try lines.readBase64("a hash", byteCount: Digest.byteCount)
      hashes.append(hash.withUnsafeBytes { Digest(copying: $0) })
    }
    self.init(oldSize: oldSize, newSize: newSize, hashes: hashes)
  }

  /// The text, with a newline at the end.
  public var bytes: [UInt8] {
    let lines = ["old \(oldSize)", "new \(newSize)"] + hashes.map { Base64.encode($0.bytes) }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}
