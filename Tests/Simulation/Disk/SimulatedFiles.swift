// The calls of the simulated disk: what each does, and what it does when it fails half way.

package import EventLog
internal import Glibc
internal import SeededRandom

extension SimulatedDisk {
  package func createFolder(_ path: String) throws(LogError) {
    guard isSimulated(path) else { return try realFileSystem.createFolder(path) }
    try call(.createFolder, path) { state in
      if state.folders[path] == nil { state.folders[path] = Folder() }
    }
    try call(.syncFolder, path + "/..") { $0.folders[path]!.isDurable = true }
  }

  package func names(in folder: String) throws(LogError) -> [String] {
    try call(.list, folder) { (state) throws(LogError) in
      guard let found = state.folders[folder] else {
        throw .io(operation: "list folder", path: folder, errno: ENOENT)
      }
      return found.cached.keys.sorted()
    }
  }

  package func open(_ path: String, for access: FileAccess) throws(LogError) -> any File {
    let inode = try call(access == .creating ? .create : .open, path) { state throws(LogError) in
      func failure(_ errno: Int32) -> LogError { .io(operation: "open", path: path, errno: errno) }
      let (folder, name) = SimulatedDisk.split(path)
      let found = SimulatedDisk.inode(path, state)
      guard access == .creating else {
        guard let found else { throw failure(ENOENT) }
        return found
      }
      guard found == nil else { throw failure(EEXIST) }
      guard state.folders[folder] != nil else { throw failure(ENOENT) }
      state.inodes.append(Inode())
      state.folders[folder]!.change(.add(name, inode: state.inodes.count - 1))
      return state.inodes.count - 1
    }
    return SimulatedFile(self, inode: inode, path: path)
  }

  package func sync(folder: String) throws(LogError) {
    try call(.syncFolder, folder) { $0.folders[folder]?.sync() }
  }

  package func identity(of path: String) throws(LogError) -> FileIdentity? {
    try call(.measure, path) { state in
      SimulatedDisk.inode(path, state).map { FileIdentity(device: 0, number: UInt64($0)) }
    }
  }

  package func rename(_ path: String, to newPath: String) throws(LogError) {
    let (folder, old) = SimulatedDisk.split(path)
    let (newFolder, new) = SimulatedDisk.split(newPath)
    precondition(folder == newFolder, "the log renames inside a folder only")
    try call(.rename, path) { state throws(LogError) in
      guard state.folders[folder]?.cached[old] != nil else {
        throw .io(operation: "rename", path: path, errno: ENOENT)
      }
      state.folders[folder]!.change(.rename(old, to: new))
    }
  }

  package func remove(_ path: String) throws(LogError) {
    guard isSimulated(path) else { return try realFileSystem.remove(path) }
    let (folder, name) = SimulatedDisk.split(path)
    try call(.remove, path) { state in
      if state.folders[folder]?.cached[name] != nil {
        state.folders[folder]!.change(.remove(name))
      }
    }
  }
}

extension SimulatedDisk {
  package func link(_ path: String, as newPath: String) throws(LogError) {
    let (folder, name) = SimulatedDisk.split(newPath)
    try call(.link, newPath) { state throws(LogError) in
      func failure(_ errno: Int32) -> LogError {
        .io(operation: "link", path: newPath, errno: errno)
      }
      guard let inode = SimulatedDisk.inode(path, state), state.folders[folder] != nil else {
        throw failure(ENOENT)
      }
      guard SimulatedDisk.inode(newPath, state) == nil else { throw failure(EEXIST) }
      state.folders[folder]!.change(.add(name, inode: inode))
    }
  }
}

private final class SimulatedFile: File {
  private let disk: SimulatedDisk
  private let inode: Int
  let path: String

  init(_ disk: SimulatedDisk, inode: Int, path: String) {
    self.disk = disk
    self.inode = inode
    self.path = path
  }

  func size() throws(LogError) -> Int {
    try disk.call(.measure, path) { $0.inodes[self.inode].cached.count }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(LogError) -> Int {
    try disk.call(.read, path) { state in
      state.inodes[self.inode].cached.withUnsafeBytes { bytes in
        guard offset < bytes.count else { return 0 }
        let found = bytes[offset..<min(bytes.count, offset + buffer.count)]
        buffer.copyBytes(from: found)
        return found.count
      }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(LogError) {
    try disk.call(
      .write, path,
      failing: { state, effect in
        guard effect == .part else { return }
        let count = Int.random(in: 0..<max(1, bytes.count), using: &state.random)
        state.inodes[self.inode].change(.write(offset: offset, bytes: Array(bytes[..<count])))
      },
      { $0.inodes[self.inode].change(.write(offset: offset, bytes: Array(bytes))) })
  }

  func sync() throws(LogError) {
    try disk.call(
      .sync, path,
      failing: { state, effect in
        // A sync that a crash interrupts has not failed: what it did not write is still to be
        // written.
        guard !state.isDown else { return }
        var crash = Crash(
          seed: state.random.next(), per1000: effect == .nothing ? 0 : nil,
          // A length in the middle of a sector would cut off what the sector holds.
          size: effect == .nothing || state.random.oneIn(2) ? .written : .whole)
        state.inodes[self.inode].failSync(&crash)
      }, { $0.inodes[self.inode].sync() })
  }

  func truncate(to size: Int) throws(LogError) {
    try disk.call(.truncate, path) { $0.inodes[self.inode].change(.truncate(to: size)) }
  }

  /// Rights are not simulated; the call can fail all the same.
  func makeReadOnly() throws(LogError) { try disk.call(.protect, path) { _ in } }

  func identity() throws(LogError) -> FileIdentity {
    try disk.call(.measure, path) { _ in FileIdentity(device: 0, number: UInt64(self.inode)) }
  }
}
