// A checkpoint (C2SP tlog-checkpoint): a log's tree at one size, as the text of a signed note:
//
//   redress.example/acme                           origin: whose tree it is
//   20852163                                       how many leaves it has
//   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   its root
//   <extension lines, which Redress never writes>
//
// What must hold: one text for each checkpoint.

internal import Cryptography

/// One log's tree head, with the name of the log.
public struct Checkpoint: Hashable, Sendable {
  /// The log's name; in Redress `<log name>/<tenant>`.
  public var origin: String
  /// The tree's size and root.
  public var head: TreeHead
  /// Lines after the root, none of them empty.
  public var extensionLines: [String]

  private static let format = "checkpoint"

  public init(origin: String, head: TreeHead, extensionLines: [String] = []) {
    (self.origin, self.head, self.extensionLines) = (origin, head, extensionLines)
  }

  /// Reads a note's text.
  ///
  /// - Throws: ``FormatError``.
  public init(text: String) throws(FormatError) {
    var lines = try TextLines(
      Array(text.utf8), format: Checkpoint.format, limit: SignedNote.byteCountLimit)
    origin = try lines.readText("the origin")
    let size = try lines.readNumber("the tree's size")
    let root = try lines.readBase64("the root", byteCount: Digest.byteCount)
    head = root.withUnsafeBytes { TreeHead(size: size, root: Digest(copying: $0)) }
    guard size > 0 || head.root == emptyRoot else {
      throw lines.error("it is not the root of a tree without leaves")
    }
    extensionLines = []
    while !lines.isAtEnd { extensionLines.append(try lines.readText("an extension line")) }
  }

  /// The text to sign.
  ///
  /// - Precondition: neither the origin nor an extension line is empty or has a control character.
  public var text: String {
    let lines =
      [origin, String(head.size), Base64.encode(head.root.bytes)] + extensionLines
    precondition(
      lines.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } },
      "a checkpoint's lines are not empty and have no control characters")
    return lines.map { $0 + "\n" }.joined()
  }

  /// Reads a note and believes it only when it is this log's and one of these keys signed it.
  ///
  /// - Throws: ``CheckpointError``.
  public init(
    verifying note: SignedNote, origin: String, keys: [VerifierKey]
  ) throws(CheckpointError) {
    // A witness's cosignature says nothing of a log that has not signed.
    do { try note.verify(with: keys.filter { $0.kind == .signatures }) } catch {
      throw .note(error)
    }
    do { self = try Checkpoint(text: note.text) } catch { throw .format(error) }
    guard self.origin.utf8.elementsEqual(origin.utf8) else {
      throw .otherOrigin(expected: origin, found: self.origin)
    }
  }
}

/// Why a checkpoint cannot be believed.
public enum CheckpointError: Error, Hashable, Sendable {
  case format(FormatError)
  case note(NoteError)
  /// The checkpoint of another log.
  case otherOrigin(expected: String, found: String)
}

extension CheckpointError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .format(let error): error.description
    case .note(let error): error.description
    case .otherOrigin(let expected, let found):
      "the checkpoint is of \(found), not of \(expected)"
    }
  }
}
