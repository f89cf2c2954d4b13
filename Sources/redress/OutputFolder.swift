// A folder that a command makes. What must hold: it is there with everything in it, or not at all;
// and it does not lie in the data folder, whose files are the service's.

import EventSourcing
import Foundation
import Node

struct OutputFolder {
  let path: String
  /// Where the files are written before they get their place.
  private let unfinished: String

  /// - Throws: a ``Stop`` unless the folder is new or empty.
  init(_ path: String, outside data: DataFolder) throws {
    try data.requireOutside(path)
    self.path = URL(filePath: path).standardizedFileURL.path
    unfinished = self.path + ".unfinished"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else { throw Stop.unable("\(path) is a file; name a new folder") }
    guard try FileManager.default.contentsOfDirectory(atPath: path).isEmpty else {
      throw Stop.unable("\(path) is not empty; name a new or an empty folder")
    }
  }

  /// Has `body` write into a folder beside it, which takes its place at the end.
  ///
  /// - Throws: what `body` throws, and a ``Stop``; nothing is left then.
  func fill<R>(_ body: (_ folder: String) throws -> R) throws -> R {
    umask(0o027)
    guard mkdir(unfinished, 0o750) == 0 else {
      let reason =
        errno == EEXIST
        ? "it exists; another command is writing it, or one was interrupted: remove it"
        : String(cString: strerror(errno))
      throw Stop.unable("cannot make \(unfinished): \(reason)")
    }
    defer { try? FileManager.default.removeItem(atPath: unfinished) }
    let result = try body(unfinished)
    guard rename(unfinished, path) == 0 else {
      throw Stop.unable(
        "cannot rename \(unfinished) to \(path): \(String(cString: strerror(errno)))")
    }
    return result
  }
}

extension DataFolder {
  /// What lies inside the data folder is lost with it.
  func requireOutside(_ target: String) throws {
    // Links are followed in paths that exist only.
    func real(_ path: String) -> String {
      let url = URL(filePath: path).absoluteURL
      guard url.path != "/", !FileManager.default.fileExists(atPath: url.path) else {
        return url.resolvingSymlinksInPath().path + "/"
      }
      return real(url.deletingLastPathComponent().path) + url.lastPathComponent + "/"
    }
    if real(target).hasPrefix(real(path)) {
      throw Stop.unable(
        "\(target) lies inside the data folder \(path) and would be lost with it; name a "
          + "folder outside, preferably on another disk")
    }
  }
}
