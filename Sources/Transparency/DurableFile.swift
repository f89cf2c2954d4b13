// Small files that are whole and durable or not there: written beside, synced, renamed over, and
// the folder synced. A crash leaves the old file, the new file, and perhaps the one beside it,
// which the next write replaces.

package import Glibc

package enum DurableFile {
  /// What the file beside is called; no tile, tenant or key is.
  package static func temporaryName(for path: String) -> String {
    let folder = folder(of: path)
    return "\(folder)/.\(path.dropFirst(folder.utf8.count + 1)).tmp"
  }

  package static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// - Returns: `nil` when there is no such file.
  package static func read(
    _ path: String, upTo byteCount: Int = .max
  ) throws(TransparencyError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 && (errno == ENOENT || errno == ENOTDIR) { return nil }
    guard descriptor >= 0 else { throw .io(operation: "open", path: path, errno: errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < byteCount {
      let count = Glibc.read(descriptor, &buffer, min(buffer.count, byteCount - bytes.count))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .io(operation: "read", path: path, errno: errno) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// - Throws: ``TransparencyError``; then a crash may leave either of both files.
  package static func replace(
    _ path: String, with bytes: [UInt8], mode: mode_t
  ) throws(TransparencyError) {
    let temporary = temporaryName(for: path)
    if unlink(temporary) != 0 && errno != ENOENT {
      throw .io(operation: "remove", path: temporary, errno: errno)
    }
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .io(operation: "create", path: temporary, errno: errno) }
    do throws(TransparencyError) {
      defer { close(descriptor) }
      share(descriptor, as: folder(of: path))
      try write(bytes, to: descriptor, path: temporary)
      guard fsync(descriptor) == 0 else {
        throw .io(operation: "sync", path: temporary, errno: errno)
      }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else {
      throw .io(operation: "rename \(temporary) to", path: path, errno: errno)
    }
    try sync(folder: folder(of: path))
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: Int32, path: String
  ) throws(TransparencyError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .io(operation: "write", path: path, errno: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Moves a file, also onto another disk, where it keeps its age.
  ///
  /// - Throws: ``TransparencyError``; then the file is in one of both places, or in both.
  package static func move(_ path: String, to target: String) throws(TransparencyError) {
    if rename(path, target) == 0 {
      try sync(folder: folder(of: target))
      return try sync(folder: folder(of: path))
    }
    guard errno == EXDEV, let bytes = try read(path) else {
      throw .io(operation: "rename \(path) to", path: target, errno: errno)
    }
    let time = timespec(tv_sec: try modificationTime(of: path), tv_nsec: 0)
    try replace(target, with: bytes, mode: 0o400)
    guard utimensat(AT_FDCWD, target, [time, time], 0) == 0 else {
      throw .io(operation: "set the time of", path: target, errno: errno)
    }
    try remove(path)
  }

  /// Sets the time when a file was written last to now.
  package static func touch(_ path: String) throws(TransparencyError) {
    guard utimensat(AT_FDCWD, path, nil, 0) == 0 else {
      throw .io(operation: "set the time of", path: path, errno: errno)
    }
  }

  /// When a file was written last, in seconds since 1970.
  package static func modificationTime(of path: String) throws(TransparencyError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .io(operation: "look at", path: path, errno: errno)
    }
    return status.st_mtim.tv_sec
  }

  /// Makes a folder and those above it, each durably.
  package static func createFolders(
    _ path: String, mode: mode_t = 0o750
  ) throws(TransparencyError) {
    if mkdir(path, mode) == 0 {
      share(folder: path)
      return try sync(folder: folder(of: path))
    }
    if errno == EEXIST { return }
    guard errno == ENOENT, folder(of: path) != path else {
      throw .io(operation: "create folder", path: path, errno: errno)
    }
    try createFolders(folder(of: path), mode: mode)
    // A link to nowhere exists, and nothing can be made in it.
    if mkdir(path, mode) == 0 {
      share(folder: path)
    } else if errno != EEXIST {
      throw .io(operation: "create folder", path: path, errno: errno)
    }
    try sync(folder: folder(of: path))
  }

  /// The names in a folder, sorted; none when there is no such folder.
  package static func names(in folder: String) throws(TransparencyError) -> [String] {
    let (names, errno) = entries(of: folder)
    guard errno == 0 || errno == ENOENT else {
      throw .io(operation: "list folder", path: folder, errno: errno)
    }
    return names.sorted()
  }

  /// The names in a folder, in no order.
  ///
  /// - Returns: an `errno` that is not 0 when the folder could not be read.
  package static func entries(of folder: String) -> (names: [String], errno: Int32) {
    guard let directory = opendir(folder) else { return ([], errno) }
    defer { closedir(directory) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return (names, errno)
  }

  /// Removes a file durably; one that is missing is no error.
  package static func remove(_ path: String) throws(TransparencyError) {
    if unlink(path) == 0 { return try sync(folder: folder(of: path)) }
    guard errno == ENOENT else { throw .io(operation: "remove", path: path, errno: errno) }
  }

  /// Removes a folder that holds only files; what a crash leaves of it does no harm.
  static func removeFolderOfFiles(_ path: String) throws(TransparencyError) {
    for name in try names(in: path) {
      if unlink("\(path)/\(name)") != 0 && errno != ENOENT {
        throw .io(operation: "remove", path: "\(path)/\(name)", errno: errno)
      }
    }
    if rmdir(path) != 0 && errno != ENOENT {
      throw .io(operation: "remove folder", path: path, errno: errno)
    }
  }

  private static func sync(folder: String) throws(TransparencyError) {
    if let failure = synced(folder: folder) {
      throw .io(operation: failure.operation, path: folder, errno: failure.errno)
    }
  }

  /// Makes the names in a folder durable.
  ///
  /// - Returns: what failed; `nil` where nothing did.
  package static func synced(folder: String) -> (operation: String, errno: Int32)? {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return ("open folder", errno) }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? nil : ("sync folder", errno)
  }
}
