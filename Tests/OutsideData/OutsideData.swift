// Test data that nobody here wrote. It is not part of this repository: it lies in `shared/data`
// beside the checkout. Where it is missing, tests that need it are skipped and say so; where the
// environment says CI=true, they run all the same and fail, so that a skip cannot pass unnoticed.

public import Foundation

public enum OutsideData {
  /// The folder that holds it, whether it exists or not.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data")

  /// Whether a test that needs this file or folder should run: `.enabled(if:)` takes the answer.
  public static func isDue(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
      || ProcessInfo.processInfo.environment["CI"] == "true"
  }

  /// The bytes of a file; throws where it is missing.
  public static func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: path)))
  }

  /// The names in a folder, sorted; throws where it is missing.
  public static func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path).sorted()
  }
}
