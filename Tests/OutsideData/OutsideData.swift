// Test data of other projects. It is not part of this repository: it lies in `shared/data` beside
// the checkout. Where it is missing, tests that need it are skipped and say so, unless the
// environment has REDRESS_REQUIRE_OUTSIDE_DATA=1: then they run and fail, so that our own build
// server does not skip them unnoticed.

public import Foundation

public enum OutsideData {
  /// The folder that holds it, whether it exists or not.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/data")

  /// Whether a test must fail, not be skipped, where its data is missing.
  private static let isRequired =
    ProcessInfo.processInfo.environment["REDRESS_REQUIRE_OUTSIDE_DATA"] == "1"

  /// Whether a test that needs this file or folder runs; for `.enabled(if:)`.
  public static func isDue(_ path: String) -> Bool {
    isRequired || FileManager.default.fileExists(atPath: folder.appending(path: path).path)
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
