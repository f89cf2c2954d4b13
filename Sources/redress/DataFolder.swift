// The folder that a service keeps everything in. One service at a time may write in it: that one
// holds a lock on the file `lock`, which also says who it is and where it can be asked.

import Foundation

struct DataFolder {
  var path: String

  var log: String { path + "/log" }
  var readModels: String { path + "/read-models" }
  var keys: String { path + "/keys" }
  var evidence: String { path + "/evidence" }
  var operations: String { path + "/operations.sqlite" }
  var outbox: String { path + "/outbox" }
  var lockFile: String { path + "/lock" }

  /// A folder that may hold nothing yet.
  init(at path: String) { self.path = path }

  /// A folder that must be there already.
  init(existing path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path + "/log", isDirectory: &isFolder),
      isFolder.boolValue
    else {
      throw Stop.unable(
        "\(path) is no data folder: it has no folder log. redress serve --data \(path) makes one.")
    }
  }

  /// A folder that is made, with the rights it needs, if it is not there.
  init(creating path: String) throws {
    self.path = path
    do {
      // Nothing of it is for everybody on the machine, also if the folder was there before.
      umask(0o027)
      for folder in [path, path + "/log", path + "/read-models"] {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o750])
        // Not ours to narrow where it is somebody else's; whether it can be used shows next.
        var status = stat()
        if stat(folder, &status) == 0, status.st_mode & 0o027 != 0 { chmod(folder, 0o750) }
      }
    } catch {
      throw Stop.unable("cannot make the data folder \(path): \(Self.reason(error))")
    }
  }

  /// What Foundation's sentence leaves open.
  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteNoPermission: "permission denied; choose another place or change who owns it"
    case .fileWriteFileExists: "a file is in its way; move it or choose another place"
    case .fileWriteOutOfSpace: "the disk is full; free space or choose another place"
    case .fileWriteVolumeReadOnly: "that file system is read-only; choose another place"
    default: error.localizedDescription
    }
  }

  /// What opening everything takes at the most.
  private static let spaceNeeded = 4 << 20

  /// Refuses to begin on a full disk, while that is still a sentence: SQLite shares memory through
  /// mapped files, and whoever writes where the disk has no room for it is ended by the system
  /// (SIGBUS).
  func requireSpace() throws {
    var disk = statvfs()
    guard statvfs(path, &disk) == 0 else { return }
    let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
    guard free < Self.spaceNeeded else { return }
    throw Stop.unable(
      "\(path) is on a disk that is full: \(free) bytes are left, and starting takes up to "
        + "\(Self.spaceNeeded); free some space, then start again. Nothing was changed.")
  }

  /// The service that holds this folder now.
  struct Holder {
    var pid: String
    var socket: String?
  }

  /// - Returns: `nil` while no service runs here.
  func holder() -> Holder? {
    // Whoever may only read the folder may ask as well.
    let file = open(lockFile, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    // Shared, so that two who ask do not take each other for a service.
    if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
    return readHolder()
  }

  private func readHolder() -> Holder {
    let text = (try? String(contentsOfFile: lockFile, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map(String.init)
    return Holder(pid: lines.first ?? "unknown", socket: lines.dropFirst().first)
  }

  /// Makes this process the one service of the folder, until it ends.
  func lock(socket: String) throws {
    let file = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard file >= 0 else {
      throw Stop.unable("cannot open \(lockFile): \(String(cString: strerror(errno)))")
    }
    guard hasLocked(file) else {
      let holder = readHolder()
      throw Stop.unable(
        "\(path) is served by process \(holder.pid) already"
          + (holder.socket.map { " on \($0)" } ?? "")
          + "; stop that one first, or use another --data folder.")
    }
    ftruncate(file, 0)
    let text = Array("\(getpid())\n\(socket)\n".utf8)
    _ = pwrite(file, text, text.count, 0)
    // Never closed: the lock lives as long as the process.
  }

  /// Tries for a moment, since whoever asks for the holder has the lock for as long as that takes.
  private func hasLocked(_ file: Int32) -> Bool {
    for attempt in 0..<25 {
      if attempt > 0 { usleep(20_000) }
      if flock(file, LOCK_EX | LOCK_NB) == 0 { return true }
    }
    return false
  }
}
