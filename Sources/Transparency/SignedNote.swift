// A text and its signatures (C2SP signed-note):
//
//   <text, ending with a newline>
//   <an empty line>
//   — <key name> <Base64 of the key id, big-endian, and the signature>
//
// What must hold: the text is to be ignored until a signature by a trusted key has been verified.

internal import Cryptography

/// One signature line.
public struct NoteSignature: Hashable, Sendable {
  /// The key's name.
  public var name: String
  /// The key's id (``VerifierKey/id``).
  public var keyID: UInt32
  /// 64 for Ed25519; other kinds have other lengths.
  public var bytes: [UInt8]
}

/// A signed text as it is stored and sent.
public struct SignedNote: Hashable, Sendable {
  /// Not to be believed before ``verify(with:)``.
  public let text: String
  /// In the order of their lines.
  public private(set) var signatures: [NoteSignature]

  /// The most bytes that a note may have.
  public static let byteCountLimit = 1_000_000
  /// The most signatures that a note may have.
  public static let signatureCountLimit = 100

  private static let format = "signed note"
  private static let dash = Array("\u{2014} ".utf8)

  /// - Precondition: the text ends with a newline and has no other control character.
  public init(text: String, signedBy keys: [SigningKey]) {
    precondition(
      text.utf8.last == newline && text.utf8.allSatisfy { $0 >= 0x20 || $0 == newline },
      "a note is made of whole lines")
    precondition(
      (1...SignedNote.signatureCountLimit).contains(keys.count), "a note without a signature")
    self.text = text
    signatures = keys.map { $0.sign(text) }
  }

  /// The note with more signatures, such as those of witnesses.
  public func signed(_ more: [NoteSignature]) -> SignedNote {
    var note = self
    note.signatures += more
    return note
  }

  /// - Throws: ``FormatError``. Nothing is verified.
  public init(_ bytes: [UInt8]) throws(FormatError) {
    _ = try TextLines(bytes, format: SignedNote.format, limit: SignedNote.byteCountLimit)
    guard let end = SignedNote.textEnd(in: bytes) else {
      throw FormatError(
        format: SignedNote.format, line: 0, reason: "no empty line comes before the signatures")
    }
    text = String(decoding: bytes[..<end], as: UTF8.self)
    signatures = []
    let firstLine = bytes[...end].count { $0 == newline } + 1
    for (index, line) in bytes[(end + 1)...].split(separator: newline).enumerated() {
      guard index < SignedNote.signatureCountLimit else {
        throw FormatError(
          format: SignedNote.format, line: firstLine + index,
          reason: "there are more than \(SignedNote.signatureCountLimit) signatures")
      }
      guard let signature = NoteSignature(line: line, after: SignedNote.dash) else {
        throw FormatError(
          format: SignedNote.format, line: firstLine + index,
          reason: "it is not \"\u{2014} <key name> <Base64 of key id and signature>\"")
      }
      signatures.append(signature)
    }
    guard !signatures.isEmpty else {
      throw FormatError(format: SignedNote.format, line: firstLine, reason: "it has no signature")
    }
  }

  /// Where the text ends: before the last empty line.
  private static func textEnd(in bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == newline && bytes[$0 - 1] == newline }
  }

  /// The note as it is stored and sent.
  public var bytes: [UInt8] {
    var note = "\(text)\n"
    for signature in signatures { note += "\u{2014} \(signature.line)\n" }
    return Array(note.utf8)
  }

  /// Checks every signature by a known key; those of other keys are ignored.
  ///
  /// - Returns: the keys that signed, at least one.
  /// - Throws: ``NoteError`` when none of them signed, or when one of the signatures is wrong.
  @discardableResult
  public func verify(with keys: [VerifierKey]) throws(NoteError) -> [VerifierKey] {
    var verified: [VerifierKey] = []
    for signature in signatures {
      let known = keys.filter {
        $0.id == signature.keyID && $0.name.utf8.elementsEqual(signature.name.utf8)
      }
      if known.isEmpty { continue }
      guard
        let key = known.first(where: {
          $0.isValid(signature.bytes, for: text)
        })
      else { throw .wrongSignature(name: signature.name) }
      verified.append(key)
    }
    guard !verified.isEmpty else {
      throw .unknownSigners(found: signatures.map(\.name), known: keys.map(\.vkey))
    }
    return verified
  }
}

extension NoteSignature {
  /// As a note and a witness's answer have it, without the dash.
  var line: String {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * $0)) }
    return "\(name) \(Base64.encode(id + bytes))"
  }

  /// - Returns: `nil` for anything but what a signature line may be.
  fileprivate init?(line: ArraySlice<UInt8>, after dash: [UInt8]) {
    guard line.starts(with: dash) else { return nil }
    let parts = line.dropFirst(dash.count)
      .split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, let bytes = Base64.decode(parts[1]), bytes.count > 4 else { return nil }
    name = String(decoding: parts[0], as: UTF8.self)
    guard VerifierKey.isValid(name: name) else { return nil }
    keyID = bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    self.bytes = Array(bytes[4...])
  }
}

/// Why a note's text must be ignored.
public enum NoteError: Error, Hashable, Sendable {
  /// No signature is by one of the keys that are known.
  case unknownSigners(found: [String], known: [String])
  /// A signature claims a known key and is not its signature of this text.
  case wrongSignature(name: String)
}

extension NoteError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownSigners(let found, let known):
      """
      the note is signed by \(found.joined(separator: ", ")), with none of the keys \
      \(known.joined(separator: ", "))
      """
    case .wrongSignature(let name): "the signature by \(name) is not one of this text"
    }
  }
}
