// Files that say which principals there are. What must hold: only the user that the service runs
// as, and root, can have written what is believed.

import Foundation
import Glibc

/// A file of the operator's.
public enum OwnFile {
  /// Why a file cannot be believed.
  public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// What is in a file, at most 1 MiB.
  ///
  /// - Throws: ``Fault`` for a file that other users can write, and for none.
  public static func read(_ path: String) throws(Fault) -> [UInt8] {
    try read(path, forbidding: 0o022)
  }

  /// The same of a file with a secret.
  ///
  /// - Throws: ``Fault`` also for a file that all users can read.
  public static func readSecret(_ path: String) throws(Fault) -> [UInt8] {
    try read(path, forbidding: 0o026)
  }

  private static func read(_ path: String, forbidding rights: mode_t) throws(Fault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(errno) }
    defer { close(descriptor) }
    // Of the file that is open, not of the name, which may lead to another one by now.
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Fault(description: "is no file") }
    guard status.st_uid == getuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
      throw Fault(
        description: "can be written by other users; chown it to the user of the service, and "
          + "chmod go-w it")
    }
    guard status.st_mode & rights == 0 else {
      throw Fault(description: "can be read by every user; chmod o-r it")
    }
    guard status.st_size <= 1 << 20 else { throw Fault(description: "has more than 1 MiB") }
    guard let data = try? FileHandle(fileDescriptor: descriptor).readToEnd() ?? Data() else {
      throw .unreadable(EIO)
    }
    return Array(data)
  }
}

extension OwnFile.Fault {
  fileprivate static func unreadable(_ code: Int32) -> Self {
    Self(description: "cannot be read: \(String(cString: strerror(code)))")
  }
}
