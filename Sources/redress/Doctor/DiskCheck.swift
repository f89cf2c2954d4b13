// Whether the disk has room for what the service writes.

import Foundation
import Node

enum DiskCheck: DoctorCheck {
  static let name = "disk"

  /// Free bytes that a busy service fills within a day, and free files.
  private static let (byteCountMin, fileCountMin): (UInt64, UInt64) = (1 << 30, 1_000)

  static func look(at folder: DataFolder) throws -> Diagnosis {
    var disk = statvfs()
    guard statvfs(folder.path, &disk) == 0 else {
      return .wrong(
        "the disk cannot be asked: \(String(cString: strerror(errno)))", do: "check the mount")
    }
    let free = UInt64(disk.f_bavail) * UInt64(disk.f_frsize)
    let found = "\(free >> 20) MiB are free"
    if disk.f_flag & UInt(ST_RDONLY) != 0 {
      return .wrong("the file system is read-only", do: "mount it for writing")
    }
    if free < UInt64(DataFolder.spaceNeeded) {
      return .wrong("\(found), and starting takes \(DataFolder.spaceNeeded >> 20) MiB", do: remedy)
    }
    if free < byteCountMin { return .warn(found, do: remedy) }
    // Some file systems count no files.
    if disk.f_files > 0, UInt64(disk.f_favail) < fileCountMin {
      return .warn("\(disk.f_favail) more files are possible", do: "delete files, or grow the disk")
    }
    return .ok(found)
  }

  private static let remedy = "free space or grow the disk; a full one ends the service"
}
