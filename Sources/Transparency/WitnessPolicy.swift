// A policy file (C2SP tlog-policy), as far as it says which witnesses there are:
//
//   # a comment
//   witness NAME VKEY URL
//
// Lines about logs, groups and the quorum are for those who verify, and are passed over.

/// The witnesses that a policy names.
public struct WitnessPolicy: Sendable, Hashable {
  /// One witness.
  public struct Witness: Sendable, Hashable {
    public var name: String
    public var key: VerifierKey
    /// Where add-checkpoint is, without it.
    public var url: String

    /// Whether a signature claims to be of this witness.
    public func signed(_ signature: NoteSignature) -> Bool {
      signature.name == key.name && signature.keyID == key.id
    }
  }

  public var witnesses: [Witness] = []

  private static let format = "policy"

  /// - Throws: ``FormatError``, also for a policy without witnesses.
  public init(_ text: String) throws(FormatError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let keyword = words.first, !keyword.hasPrefix("#") else { continue }
      if ["log", "group", "quorum"].contains(keyword) { continue }
      func refuse(_ reason: String) -> FormatError {
        FormatError(format: Self.format, line: index + 1, reason: reason)
      }
      guard keyword == "witness", words.count == 4 else {
        throw refuse("it is not \"witness NAME VKEY URL\"")
      }
      let key: VerifierKey
      do { key = try VerifierKey(vkey: String(words[2])) } catch { throw refuse(error.reason) }
      guard key.kind == .cosignatures else { throw refuse("the key is none of a witness") }
      guard words[3].hasPrefix("http://") || words[3].hasPrefix("https://") else {
        throw refuse("\(words[3]) is not an http or https URL")
      }
      let witness = Witness(name: String(words[1]), key: key, url: String(words[3]))
      guard !witnesses.contains(where: { $0.name == witness.name || $0.key == witness.key }) else {
        throw refuse("the witness \(witness.name) is named twice")
      }
      witnesses.append(witness)
    }
    guard !witnesses.isEmpty else {
      throw FormatError(format: Self.format, line: 0, reason: "it names no witness")
    }
  }
}
