// One process at a time may write in a data folder: it holds a lock on the file `lock`, which names
// the process and its socket. What must hold: finding the holder takes no lock, so that it never
// prevents a service from starting.

import Foundation
import Glibc
import Transparency

extension DataFolder {
  /// The process that holds a folder.
  public struct Holder: Sendable, Hashable {
    public var pid: String
    /// `nil` for a process that is not a service. Relative to this process's folder where only
    /// that is short enough for a socket.
    public var socket: String?
  }

  /// Commands of fcntl(2) on the lock of an open file, which ends with the process (Linux).
  private static let (getLock, setLock) = (Int32(36), Int32(37))

  /// - Returns: `nil` while no service runs here.
  public func holder() -> Holder? {
    // A user with read permission can find the holder, too.
    let file = open(lockFile, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var lock = Self.writeLock
    guard fcntl(file, Self.getLock, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
    return readHolder()
  }

  private func readHolder() -> Holder {
    let text = (try? String(contentsOfFile: lockFile, encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n").map(String.init)
    return Holder(pid: lines.first ?? "unknown", socket: lines.dropFirst().first.map(Self.short))
  }

  /// The longest path of a socket, in bytes (unix(7)).
  private static let socketByteCountMax = 107

  private static func short(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath + "/"
    return path.utf8.count > socketByteCountMax && path.hasPrefix(here)
      ? String(path.dropFirst(here.count)) : path
  }

  /// Makes this process the only writer of the folder, until it ends.
  ///
  /// - Parameter socket: the path of its socket; `nil` for a process that is not a service.
  public func lock(socket: String?) throws {
    // Never closed: the lock lives as long as the process.
    _ = try openLock(socket: socket)
  }

  /// Makes this process the only writer of the folder while something is written.
  public func locked<R>(_ write: () throws -> R) throws -> R {
    let file = try openLock(socket: nil)
    defer { close(file) }
    return try write()
  }

  /// - Returns: the open file that holds the lock until it is closed.
  private func openLock(socket: String?) throws -> Int32 {
    let file = open(lockFile, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard file >= 0 else {
      throw DataFolderError.lockFile(
        path: lockFile,
        reason: errno == EACCES
          ? "permission denied: this user may not write it; run as the user of the service"
          : String(cString: strerror(errno)))
    }
    var lock = Self.writeLock
    // Earlier versions check the lock of flock(2).
    guard flock(file, LOCK_EX | LOCK_NB) == 0, fcntl(file, Self.setLock, &lock) == 0 else {
      close(file)
      throw DataFolderError.served(path: path, holder: readHolder())
    }
    ftruncate(file, 0)
    // Those who may look into the folder find the holder.
    DurableFile.share(file, as: path)
    let address = socket.map { URL(filePath: $0).path }
    let text = Array("\(getpid())\n\(address.map { "\($0)\n" } ?? "")".utf8)
    _ = pwrite(file, text, text.count, 0)
    return file
  }

  private static var writeLock: Glibc.flock {
    var lock = Glibc.flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }
}
