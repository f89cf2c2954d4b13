// Which file a path names, however often another one takes its place.

import Glibc

struct FileIdentity: Hashable, Sendable {
  private let device: UInt
  private let inode: UInt

  /// `nil` where there is no file.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
  }
}
