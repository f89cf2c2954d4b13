internal import Foundation

/// The derived index's file, which lies in a real folder.
package final class IndexFile {
  let folder: String
  package var path: String { folder + "/index.sqlite" }
  /// What the file was at an earlier moment.
  private var earlier: Data?

  package init() throws {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    folder = "\(parent)/redress-simulation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  package func remove() {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  /// Remembers the file as it is now.
  func keep() { if earlier == nil { earlier = FileManager.default.contents(atPath: path) } }

  /// The file is what it was before.
  func goBack() {
    guard let earlier else { return }
    remove()
    try? earlier.write(to: URL(fileURLWithPath: path))
    self.earlier = nil
  }
}
