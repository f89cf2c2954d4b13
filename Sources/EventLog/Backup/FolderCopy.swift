// What lies in folders beside the segments: signed checkpoints and tiles, small files that are
// written whole. They are read before anything is copied, so that they say nothing the copy does
// not hold.

internal import Glibc

/// The files of a folder and the folders in it, as they were at one moment.
struct FolderCopy {
  private let name: String
  private let fileSystem: any FileSystem
  /// Folders before what is in them, by their paths from the folder's parent.
  private var folders: [String] = []
  private var files: [(folder: String, name: String, bytes: [UInt8])] = []

  /// - Parameter parent: the folder that this one is in; it need not be.
  init(of name: String, in parent: String, _ fileSystem: any FileSystem) throws(LogError) {
    self.name = name
    self.fileSystem = fileSystem
    if try fileSystem.names(in: parent).contains(name) { try read(name, in: parent) }
  }

  private mutating func read(_ folder: String, in parent: String) throws(LogError) {
    folders.append(folder)
    // Names that begin with a dot are files that are still written.
    for name in try fileSystem.names(in: parent + "/" + folder).sorted()
    where !name.hasPrefix(".") && !name.hasSuffix(FilePlacement.unfinishedSuffix) {
      let path = parent + "/" + folder + "/" + name
      do throws(LogError) {
        if try isFolder(path) {
          try read(folder + "/" + name, in: parent)
        } else {
          files.append((folder, name, try fileSystem.bytes(of: path)))
        }
      } catch {
        // A tile that is not full goes when a fuller one comes.
        guard case .io(_, _, ENOENT) = error else { throw error }
      }
    }
  }

  private func isFolder(_ path: String) throws(LogError) -> Bool {
    do throws(LogError) {
      _ = try fileSystem.names(in: path)
      return true
    } catch {
      guard case .io(_, _, ENOTDIR) = error else { throw error }
      return false
    }
  }

  /// - Returns: how many files were new or different.
  func write(to parent: String) throws(LogError) -> Int {
    for folder in folders { try fileSystem.createFolder(parent + "/" + folder) }
    var present: [String: Set<String>] = [:]
    for folder in folders {
      let placement = FilePlacement(folder: parent + "/" + folder, fileSystem: fileSystem)
      try placement.removeUnfinished()
      present[folder] = Set(try fileSystem.names(in: parent + "/" + folder))
    }
    var count = 0
    for file in files {
      let placement = FilePlacement(folder: parent + "/" + file.folder, fileSystem: fileSystem)
      let isPresent = present[file.folder]!.contains(file.name)
      if try placement.put(file.bytes, as: file.name, isPresent: isPresent) { count += 1 }
    }
    return count
  }
}
