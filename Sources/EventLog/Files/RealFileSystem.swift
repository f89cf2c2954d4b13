// The operating system's files. Interrupted reads are repeated; writes and syncs never are.

internal import Glibc
internal import Transparency

package struct RealFileSystem: FileSystem {
  package init() {}

  package func createFolder(_ path: String) throws(LogError) {
    if mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw .io(operation: "create folder", path: path, errno: errno)
    }
    // Also for a folder that exists: its name may not be durable yet.
    try sync(folder: path + "/..")
  }

  package func names(in folder: String) throws(LogError) -> [String] {
    let (names, errno) = DurableFile.entries(of: folder)
    guard errno == 0 else { throw .io(operation: "list folder", path: folder, errno: errno) }
    return names
  }

  package func open(_ path: String, for access: FileAccess) throws(LogError) -> any File {
    let flags =
      switch access {
      case .reading: O_RDONLY
      case .writing: O_RDWR
      case .creating: O_RDWR | O_CREAT | O_EXCL
      }
    // Without O_NONBLOCK a named pipe would hold its reader up for ever; files do not care.
    let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o640)
    guard descriptor >= 0 else { throw .io(operation: "open", path: path, errno: errno) }
    if case .creating = access { DurableFile.share(descriptor, as: DurableFile.folder(of: path)) }
    let file = RealFile(path: path, descriptor: descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .io(operation: "look at", path: path, errno: errno)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unexpectedFile(name: String(path.split(separator: "/").last ?? ""))
    }
    return file
  }

  package func sync(folder: String) throws(LogError) {
    if let failure = DurableFile.synced(folder: folder) {
      throw .io(operation: failure.operation, path: folder, errno: failure.errno)
    }
  }

  package func identity(of path: String) throws(LogError) -> FileIdentity? {
    var status = stat()
    if stat(path, &status) == 0 { return FileIdentity(status) }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw .io(operation: "look at", path: path, errno: errno)
    }
    return nil
  }

  package func remove(_ path: String) throws(LogError) {
    if unlink(path) != 0 && errno != ENOENT {
      throw .io(operation: "remove", path: path, errno: errno)
    }
  }

  package func rename(_ path: String, to newPath: String) throws(LogError) {
    guard Glibc.rename(path, newPath) == 0 else {
      throw .io(operation: "rename \(path) to", path: newPath, errno: errno)
    }
  }

  package func link(_ path: String, as newPath: String) throws(LogError) {
    guard Glibc.link(path, newPath) == 0 else {
      throw .io(operation: "link \(path) to", path: newPath, errno: errno)
    }
  }
}

private final class RealFile: File {
  let path: String
  private let descriptor: Int32

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  func size() throws(LogError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("measure") }
    return Int(status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(LogError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure("read") }
      if count == 0 { break }
      done += count
    }
    return done
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LogError) {
    let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
    guard count >= 0 else { throw failure("write") }
    // The kernel writes fewer bytes when the disk becomes full on the way.
    guard count == bytes.count else {
      throw .io(operation: "write all bytes of", path: path, errno: ENOSPC)
    }
  }

  func sync() throws(LogError) {
    guard fdatasync(descriptor) == 0 else { throw failure("sync") }
  }

  func truncate(to size: Int) throws(LogError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("truncate") }
  }

  func makeReadOnly() throws(LogError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, fchmod(descriptor, status.st_mode & 0o444) == 0 else {
      throw failure("make read-only")
    }
  }

  func identity() throws(LogError) -> FileIdentity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("identify") }
    return FileIdentity(status)
  }

  private func failure(_ operation: String) -> LogError {
    .io(operation: operation, path: path, errno: errno)
  }
}

extension FileIdentity {
  fileprivate init(_ status: stat) {
    self.init(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }
}
