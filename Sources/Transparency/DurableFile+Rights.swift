// Whom a new file is for: those whom the folder around it is for. What must hold: a new file or
// folder has the group of its folder, as the set-group-ID bit would give it, which a service
// manager may forbid; and neither the group nor other users can read it in a folder that they
// cannot read.

import Glibc

extension DurableFile {
  /// Gives a new file the group of a folder and takes away what that folder does not allow.
  ///
  /// A group that this user may not give is left out: then the file is for fewer.
  package static func share(_ descriptor: Int32, as folder: String) {
    var (around, own) = (stat(), stat())
    guard stat(folder, &around) == 0, fstat(descriptor, &own) == 0 else { return }
    if own.st_gid != around.st_gid { _ = fchown(descriptor, uid_t.max, around.st_gid) }
    let mode = own.st_mode & 0o7777 & allowed(in: around)
    if mode != own.st_mode & 0o7777 { _ = fchmod(descriptor, mode) }
  }

  /// As ``share(_:as:)``, for a folder in the one above it.
  static func share(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    share(descriptor, as: Self.folder(of: folder))
  }

  private static func allowed(in folder: stat) -> mode_t {
    (folder.st_mode & 0o040 == 0 ? 0o700 : 0o770) | (folder.st_mode & 0o004 == 0 ? 0 : 0o007)
  }
}
