// What the page of a problem says besides its name, in sentences that hold for every case of it.

/// The meaning of a refusal, and the way on.
public struct Advice: Sendable, Hashable {
  /// What is wrong, as a sentence.
  public var meaning: String
  /// What the caller can do about it, as a sentence.
  public var remedy: String

  public init(_ meaning: String, _ remedy: String) {
    (self.meaning, self.remedy) = (meaning, remedy)
  }
}
