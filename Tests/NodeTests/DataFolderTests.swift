// What may be used as a data folder, and by how many at once.

import Foundation
import Node
import Testing

struct `A data folder` {
  private let path = NSTemporaryDirectory() + "redress-\(UUID().uuidString)"

  @Test func `is made by init with its keys, and by nothing else`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: DataFolderError.notADataFolder(path: path)) { try DataFolder(existing: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    let folder = try DataFolder(creating: path, logName: "redress.example")
    #expect(try LogKeys(existing: folder)?.name == "redress.example")
    _ = try DataFolder(existing: path)
    #expect(throws: DataFolderError.exists(path: path)) { try DataFolder(creating: path) }
  }

  @Test func `that was not finished is none, and can be finished`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DataFolder(creating: path)
    try FileManager.default.removeItem(atPath: folder.log)
    #expect(throws: DataFolderError.notADataFolder(path: path)) { try DataFolder(existing: path) }
    _ = try DataFolder(creating: path)
    _ = try DataFolder(existing: path)
  }

  @Test func `is not made under a name that no log can have`() {
    #expect(throws: DataFolderError.noLogName("a b")) {
      try DataFolder(creating: path, logName: "a b")
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `says that it may not be read, where that is so`() throws {
    defer {
      chmod(path, 0o700)
      try? FileManager.default.removeItem(atPath: path)
    }
    _ = try DataFolder(creating: path)
    chmod(path, 0)
    // The superuser may read everything.
    guard access(path + "/log", F_OK) != 0 else { return }
    #expect(throws: DataFolderError.noAccess(path: path)) { try DataFolder(existing: path) }
  }

  @Test func `has one process that writes, and asking for it takes no lock`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DataFolder(creating: path)
    #expect(folder.holder() == nil)
    try folder.lock(socket: "/run/redress.sock")
    let holder = try #require(folder.holder())
    #expect(holder.pid == "\(getpid())" && holder.socket == "/run/redress.sock")
    #expect(throws: DataFolderError.served(path: path, holder: holder)) {
      try folder.lock(socket: nil)
    }
  }
}
