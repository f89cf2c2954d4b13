// A proof that stands alone (C2SP tlog-proof): the log's vkey and the line are all that a check
// needs. Files are named `….tlog-proof`.
//
//   c2sp.org/tlog-proof@v1
//   extra <Base64>               only if there is any; not signed, so not to be believed
//   index 73894
//   <Base64 of a hash>           the inclusion proof, from the leaf's sibling up
//   <an empty line>
//   <the signed checkpoint>
//
// What must hold: one text for each proof; the checkpoint's bytes are kept as they came.

public import Cryptography

/// An entry's place in a log, the way to the root, and the log's signature of that root.
public struct TlogProof: Hashable, Sendable {
  /// The entry's place in the tree; in Redress, the event's position.
  public var index: UInt64
  /// From the leaf's sibling up to the root's child.
  public var hashes: [Digest]
  /// The signed checkpoint. Nothing in it is verified yet.
  public var checkpoint: SignedNote
  /// Unsigned bytes; `nil` if there are none.
  public var extra: [UInt8]?

  private static let format = "tlog-proof"
  private static let firstLine = "c2sp.org/tlog-proof@v1"
  /// More than any proof in a tree of fewer than 2^64 leaves.
  private static let hashCountLimit = 64

  /// - Parameters:
  ///   - proof: for the very tree that the checkpoint is about.
  ///   - checkpoint: the signed root that the proof leads to.
  ///   - extra: unsigned bytes to send along.
  public init(proof: InclusionProof, checkpoint: SignedNote, extra: [UInt8]? = nil) {
    (index, hashes) = (proof.index, proof.hashes)
    self.checkpoint = checkpoint
    self.extra = extra.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Throws: ``FormatError``. Nothing is verified.
  public init(_ bytes: [UInt8]) throws(FormatError) {
    var lines = try TextLines(
      bytes, format: TlogProof.format, limit: 2 * SignedNote.byteCountLimit)
    guard try lines.readText("the first line") == TlogProof.firstLine else {
      throw lines.error("it is not \"\(TlogProof.firstLine)\"")
    }
    if lines.rest.starts(with: "extra ".utf8) {
      let text = try lines.read("the extra data").dropFirst("extra ".utf8.count)
      guard let extra = Base64.decode(text), !extra.isEmpty else {
        throw lines.error("the extra data is not Base64 of at least one byte")
      }
      self.extra = extra
    }
    index = try lines.readNumber("the index", after: "index ")
    hashes = []
    while lines.rest.first != newline {
      guard hashes.count < TlogProof.hashCountLimit else {
        throw lines.error("more hashes follow than any proof has")
      }
      let hash = try lines.readBase64("a hash", byteCount: Digest.byteCount)
      hashes.append(hash.withUnsafeBytes { Digest(copying: $0) })
    }
    _ = try lines.read("an empty line")
    do { checkpoint = try SignedNote(Array(lines.rest)) } catch {
      throw FormatError(
        format: TlogProof.format, line: error.line == 0 ? 0 : error.line + lines.line,
        reason: "its checkpoint is not a signed note: \(error.reason)")
    }
  }

  /// The text of the file.
  public var bytes: [UInt8] { Array(head.utf8) + checkpoint.bytes }

  /// What comes before the checkpoint, with the empty line between them.
  public var head: String {
    var text = "\(TlogProof.firstLine)\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in hashes { text += "\(Base64.encode(hash.bytes))\n" }
    return text + "\n"
  }

  /// Checks that this leaf is in the tree that the log signed.
  ///
  /// - Returns: the checkpoint, verified.
  /// - Throws: ``TlogProofError``.
  @discardableResult
  public func verify(
    leafHash: Digest, origin: String, keys: [VerifierKey]
  ) throws(TlogProofError) -> Checkpoint {
    let verified: Checkpoint
    do {
      verified = try Checkpoint(verifying: checkpoint, origin: origin, keys: keys)
    } catch { throw .checkpoint(error) }
    do {
      try InclusionProof(index: index, treeSize: verified.head.size, hashes: hashes)
        .verify(leafHash: leafHash, root: verified.head.root)
    } catch { throw .proof(error) }
    return verified
  }
}

/// Why a tlog-proof proves nothing.
public enum TlogProofError: Error, Hashable, Sendable, CustomStringConvertible {
  case checkpoint(CheckpointError)
  case proof(ProofError)

  public var description: String {
    switch self {
    case .checkpoint(let error): error.description
    case .proof(let error): error.description
    }
  }
}
