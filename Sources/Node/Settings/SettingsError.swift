/// Why a settings file cannot be used.
public struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public var file: String
  /// The place in the file, as a JSON path.
  public var path: String
  /// What is wrong, and what would be right.
  public var problem: String

  public init(file: String, path: String, problem: String) {
    (self.file, self.path, self.problem) = (file, path, problem)
  }

  public var description: String { "\(file): \(path): \(problem)" }
}
