// What is wrong with a key set, for the operator who wrote it: which key, which member, what was
// found and what would be right. It never repeats key material.

/// A key set that was refused.
public struct KeySetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The key's place in `keys`, from 0; `nil` where the document itself is wrong.
  public let keyIndex: Int?
  /// The key's `kid`, if it has one.
  public let keyID: String?
  /// The member at fault; `nil` where it is the whole key or document.
  public let member: String?
  /// The rule that does not hold and what would be right, as one sentence without a full stop.
  public let problem: String

  init(keyIndex: Int? = nil, keyID: String? = nil, member: String? = nil, problem: String) {
    self.keyIndex = keyIndex
    self.keyID = keyID
    self.member = member
    self.problem = problem
  }

  public var description: String {
    var text = keyIndex.map { "keys[\($0)]" } ?? "key set"
    if let keyID { text += " (kid \(quoted(keyID)))" }
    if let member { text += ": \(quotedUnlessPlain(member))" }
    return "\(text): \(problem)"
  }

  private func quotedUnlessPlain(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    return isPlain && name.utf8.count <= 60 ? name : quoted(name)
  }
}
