// What is wrong with a JSON text, said so that its author can put it right: where (as a path and as
// a byte), what was found there, and what would have been right.

/// A JSON text that was refused.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where, from the whole text's root `$`: `$.data.items[3].quantity`.
  public var path: String

  /// The byte at which the text went wrong, from 0.
  public var offset: Int

  /// What was found and what would be right, as one sentence without a full stop.
  public var problem: String

  public init(path: String, offset: Int, problem: String) {
    self.path = path
    self.offset = offset
    self.problem = problem
  }

  public var description: String { "\(path) (byte \(offset)): \(problem)" }
}
