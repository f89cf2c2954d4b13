// What may be used as a data folder, and by how many at once.

import Foundation
import Node
import RunningRedress
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

  @Test func `is not made where something else is, whose permissions stay`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    chmod(path, 0o777)
    try Data().write(to: URL(filePath: path + "/photo.jpg"))
    #expect(throws: DataFolderError.inUse(path: path, holding: "photo.jpg")) {
      try DataFolder(creating: path)
    }
    #expect(permissions(path) == 0o777)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["photo.jpg"])
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

  @Test func `is given back by a process that writes a while`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DataFolder(creating: path)
    let holder = try folder.locked { folder.holder() }
    #expect(holder?.pid == "\(getpid())" && holder?.socket == nil)
    #expect(folder.holder() == nil)
    try folder.lock(socket: nil)
  }

  private func permissions(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  @Test func `gives other users nothing, however its folders were made`() throws {
    let redress = try RunningRedress()
    redress.stop()
    defer { redress.removeFolder() }
    for folder in ["", "/log", "/read-models"] { chmod(redress.folder + folder, 0o777) }
    umask(0)
    try RunningRedress(folder: redress.folder).stop()
    #expect(permissions(redress.folder) == 0o750)
    for folder in ["/log", "/read-models", "/outbox", "/evidence"] {
      #expect(permissions(redress.folder + folder) == 0o700)
    }
    let files = FileManager.default
    for file in try files.subpathsOfDirectory(atPath: redress.folder) {
      let mode = try #require(permissions("\(redress.folder)/\(file)"))
      #expect(mode & 0o007 == 0, "\(file)")
      if file.hasPrefix("log/") {
        #expect(mode & 0o077 == 0 || file.contains(".sqlite"), "\(file)")
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0), arguments: ["", "/log", "/outbox", "/evidence"])
  func `is not served where a part of it is another user's, whose mode stays`(part: String) throws {
    let redress = try RunningRedress()
    redress.stop()
    defer { redress.removeFolder() }
    let folder = redress.folder + part
    chown(folder, 65_532, 65_532)
    chmod(folder, 0o777)
    #expect(
      throws: DataFolderError.foreignOwner(path: folder, owner: 65_532, user: geteuid())
    ) { try RunningRedress(folder: redress.folder) }
    #expect(permissions(folder) == 0o777)
  }

  @Test(.enabled(if: geteuid() == 0))
  func `is not made of another user's`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    chown(path, 65_532, 65_532)
    #expect(throws: DataFolderError.foreignOwner(path: path, owner: 65_532, user: geteuid())) {
      try DataFolder(creating: path)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
  }

  @Test func `names the socket of its service for readers in every folder`() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try DataFolder(creating: path)
    try folder.lock(socket: "data/redress.sock")
    let lines = try String(contentsOfFile: path + "/lock", encoding: .utf8).split(separator: "\n")
    #expect(lines.last == "\(FileManager.default.currentDirectoryPath)/data/redress.sock")
  }

  @Test func `with a log and no keys is not served, and gets none`() throws {
    let redress = try RunningRedress()
    redress.stop()
    defer { redress.removeFolder() }
    let files = FileManager.default
    try files.removeItem(atPath: redress.folder + "/keys")
    let before = try files.subpathsOfDirectory(atPath: redress.folder).sorted()
    #expect(throws: DataFolderError.noKeys(path: redress.folder)) {
      try RunningRedress(folder: redress.folder)
    }
    #expect(try files.subpathsOfDirectory(atPath: redress.folder).sorted() == before)
  }
}
