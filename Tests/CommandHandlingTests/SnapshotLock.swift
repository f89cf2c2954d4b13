// Tests/snapshots.lock has the hash of the bytes of every version of a state, one line for each:
// `Refund 7 dfb34b6b773b8b4e`. A line that is there never changes.

import Foundation

struct SnapshotLock {
  struct Line: Hashable {
    var state: String
    var version: Int
    var hash: String
  }

  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "snapshots.lock")

  private var lines: [Line]

  init() throws {
    lines = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let version = Int(words[1]) else {
        throw CocoaError(.fileReadCorruptFile)
      }
      return Line(state: words[0], version: version, hash: words[2])
    }
  }

  /// The line of a state's highest version.
  func latest(of state: String) -> Line? {
    lines.filter { $0.state == state }.max { $0.version < $1.version }
  }

  /// Adds the versions that are higher than all before, and writes the file.
  mutating func add(_ new: [Line]) throws {
    lines += new.filter { $0.version > latest(of: $0.state)?.version ?? 0 }
    lines.sort { ($0.state, $0.version) < ($1.state, $1.version) }
    try lines.map { "\($0.state) \($0.version) \($0.hash)\n" }.joined()
      .write(to: Self.file, atomically: true, encoding: .utf8)
  }
}
