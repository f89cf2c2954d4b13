// The folder of an export while it is written: beside its place, under a name of its own, and
// renamed when it is whole and durable. What must hold: at every moment the target is as it was, or
// the whole export.

import Cryptography
import Foundation
import Glibc

/// Writes the files of one export.
final class ExportFolder {
  /// A file as the manifest names it.
  struct Entry {
    var path: String
    var byteCount: Int
    var digest: Digest
  }

  private static let folderMode: mode_t = 0o750

  private let target: String
  /// Where the files are until ``finish()``.
  let path: String

  /// - Throws: ``ExportError`` for a target that is neither new nor empty.
  init(for target: String) throws(ExportError) {
    let url = URL(filePath: target).standardizedFileURL
    self.target = url.path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw .targetNoFolder(path: target) }
      let names = try Self.attempt(url.path) {
        try FileManager.default.contentsOfDirectory(atPath: url.path)
      }
      if let name = names.min() { throw .targetInUse(path: target, holding: name) }
    }
    let parent = Self.parent(of: url.path)
    var template = Array("\(parent)/.\(url.lastPathComponent).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .io(path: parent, reason: String(cString: strerror(errno)))
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    chmod(path, Self.folderMode)
  }

  func write(_ texts: [(path: String, text: String)]) throws(ExportError) {
    for (path, text) in texts { try write(Array(text.utf8), as: path) }
  }

  func write(
    _ bytes: [UInt8], as name: String, isExecutable: Bool = false
  ) throws(ExportError) {
    let file = URL(filePath: "\(path)/\(name)")
    try Self.attempt(file.path) {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
        attributes: [.posixPermissions: Int(Self.folderMode)])
      try Data(bytes).write(to: file)
    }
    chmod(file.path, isExecutable ? 0o750 : 0o640)
    try sync(file.path)
  }

  /// All files so far, sorted by path.
  func files() throws(ExportError) -> [Entry] {
    let names = try Self.attempt(path) {
      try FileManager.default.subpathsOfDirectory(atPath: path)
    }
    var entries: [Entry] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let file = "\(path)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let bytes = try Self.attempt(file) { try Data(contentsOf: URL(filePath: file)) }
      entries.append(
        Entry(path: name, byteCount: bytes.count, digest: SHA256.hash([UInt8](bytes))))
    }
    return entries
  }

  /// Gives the folder its name, durably.
  func finish() throws(ExportError) {
    chmod(path + "/log", Self.folderMode)
    let names = try Self.attempt(path) {
      try FileManager.default.subpathsOfDirectory(atPath: path)
    }
    for folder in Set(names.map { path + "/" + $0 }.map(Self.parent(of:))) { try sync(folder) }
    guard rename(path, target) == 0 else {
      throw .io(path: target, reason: String(cString: strerror(errno)))
    }
    try sync(Self.parent(of: target))
  }

  /// Leaves nothing of it.
  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static func parent(of path: String) -> String {
    URL(filePath: path).deletingLastPathComponent().path
  }

  /// Makes a file or the names in a folder durable.
  private func sync(_ path: String) throws(ExportError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .io(path: path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .io(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func attempt<R>(_ path: String, _ body: () throws -> R) throws(ExportError) -> R {
    do { return try body() } catch {
      throw .io(path: path, reason: error.localizedDescription)
    }
  }
}
