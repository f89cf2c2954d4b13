// The body of add-checkpoint (C2SP tlog-witness):
//
//   old 20852014
//   <Base64 of a hash of the consistency proof>, at most 63 lines
//   <an empty line>
//   <a signed checkpoint>

internal import Cryptography

/// A checkpoint for a witness, with the proof that it extends the last one that it cosigned.
public struct WitnessRequest: Hashable, Sendable {
  public var oldSize: UInt64
  public var note: SignedNote
  private var hashes: [Digest]

  private static let format = "add-checkpoint"
  private static let hashCountMax = 63

  /// - Parameter proof: `nil` from the empty tree, and between trees of one size.
  public init(_ note: SignedNote, oldSize: UInt64, proof: ConsistencyProof?) {
    (self.note, self.oldSize) = (note, oldSize)
    hashes = proof?.hashes ?? []
  }

  /// - Throws: ``FormatError``. Nothing is verified.
  public init(_ bytes: [UInt8]) throws(FormatError) {
    let end = bytes.indices.dropFirst().first {
      bytes[$0] == newline && bytes[$0 - 1] == newline
    }
    guard let end else {
      throw FormatError(
        format: Self.format, line: 0, reason: "no empty line comes before the checkpoint")
    }
    var lines = try TextLines(
      Array(bytes[..<end]), format: Self.format, limit: SignedNote.byteCountLimit)
    oldSize = try lines.readNumber("the old size", after: "old ")
    hashes = []
    while !lines.isAtEnd {
      guard hashes.count < Self.hashCountMax else {
        throw lines.error("there are more than \(Self.hashCountMax) hashes")
      }
      let hash = try lines.readBase64("a hash", byteCount: Digest.byteCount)
      hashes.append(hash.withUnsafeBytes { Digest(copying: $0) })
    }
    note = try SignedNote(Array(bytes[(end + 1)...]))
  }

  public var bytes: [UInt8] {
    let lines = ["old \(oldSize)"] + hashes.map { Base64.encode($0.bytes) }
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + note.bytes
  }

  /// Whether the proof leads from one root to the other.
  func proves(_ old: TreeHead, extendsTo new: TreeHead) -> Bool {
    if old.size == 0 { return hashes.isEmpty }
    if old.size == new.size { return hashes.isEmpty && old.root == new.root }
    let proof = ConsistencyProof(oldSize: old.size, newSize: new.size, hashes: hashes)
    do {
      try proof.verify(oldRoot: old.root, newRoot: new.root)
      return true
    } catch { return false }
  }
}
