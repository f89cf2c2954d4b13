// Files that appear under their name only when they are whole and durable: written, or linked,
// under another name first, synced, and then renamed.

internal import EventSourcing
internal import Glibc

/// Puts files into a folder; one thread at a time.
struct FilePlacement {
  let folder: String
  let fileSystem: any FileSystem

  /// The suffix of a file that is not complete; no reader opens such a file.
  static let unfinishedSuffix = ".copying"

  func unfinishedName(of name: String) -> String { name + FilePlacement.unfinishedSuffix }

  /// Removes what was left when this was interrupted.
  func removeUnfinished() throws(LogError) {
    for name in try fileSystem.names(in: folder)
    where name.hasSuffix(FilePlacement.unfinishedSuffix) {
      try fileSystem.remove(folder + "/" + name)
    }
  }

  /// Copies the first bytes of a file, durably, under the unfinished name.
  func copy(_ source: any File, byteCount: Int, as name: String, isReadOnly: Bool) throws(LogError)
  {
    let path = folder + "/" + unfinishedName(of: name)
    try fileSystem.remove(path)
    let target = try fileSystem.open(path, for: .creating)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { room.deallocate() }
    var offset = 0
    while offset < byteCount {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: room[..<min(room.count, byteCount - offset)])
      guard try source.read(into: part, at: offset) == part.count else {
        throw .io(operation: "read all bytes of", path: source.path, errno: EIO)
      }
      try target.write(UnsafeRawBufferPointer(part), at: offset)
      offset += part.count
    }
    if isReadOnly { try target.makeReadOnly() }
    try target.sync()
  }

  /// Gives a file of another folder the unfinished name here as well.
  ///
  /// - Returns: `false` where the file system does not do that.
  func link(_ path: String, as name: String) throws(LogError) -> Bool {
    let unfinished = folder + "/" + unfinishedName(of: name)
    try fileSystem.remove(unfinished)
    do throws(LogError) {
      try fileSystem.link(path, as: unfinished)
      return true
    } catch {
      return false
    }
  }

  /// Gives what is complete its name, durably.
  func finish(_ name: String) throws(LogError) {
    try fileSystem.rename(
      folder + "/" + unfinishedName(of: name), to: folder + "/" + name)
    try fileSystem.sync(folder: folder)
  }

  /// Puts these bytes there unless they are there already.
  ///
  /// - Returns: whether there was anything to do.
  func put(_ bytes: [UInt8], as name: String, isPresent: Bool) throws(LogError) -> Bool {
    if isPresent, try fileSystem.bytes(of: folder + "/" + name) == bytes { return false }
    let path = folder + "/" + unfinishedName(of: name)
    try fileSystem.remove(path)
    let file = try fileSystem.open(path, for: .creating)
    try bytes.withBytes { (bytes) throws(LogError) in try file.write(bytes, at: 0) }
    try file.sync()
    try finish(name)
    return true
  }
}

extension FileSystem {
  /// A whole file.
  func bytes(of path: String) throws(LogError) -> [UInt8] {
    let file = try open(path, for: .reading)
    var bytes = [UInt8](repeating: 0, count: try file.size())
    let result = bytes.withUnsafeMutableBytes { room in
      Result { () throws(LogError) in try file.read(into: room, at: 0) }
    }
    return Array(bytes.prefix(try result.get()))
  }
}
