// What a replay moves out of memory: one temporary file without a name, which the system removes
// when the replay ends, however it ends. What must hold: a place is read only after the write that
// led to it; writes do not overlap, so several threads write and read at once.

import EventLog
import Glibc
import Synchronization

/// A temporary file that grows at its end.
final class SpillFile: Sendable {
  private let path: String
  private let descriptor: Int32
  private let end = Atomic(0)
  private let failure = Mutex<(any Error)?>(nil)

  /// The folder that `TMPDIR` names, or else `/tmp`.
  static var standardFolder: String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    return folder.isEmpty ? "/tmp" : folder
  }

  /// Makes the file.
  ///
  /// - Throws: `LogError.io`.
  init(folder: String = standardFolder) throws(LogError) {
    path = folder + "/redress-XXXXXX"
    var name = Array(path.utf8CString)
    descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw .io(operation: "create temporary file", path: path, errno: errno)
    }
    unlink(name)
  }

  deinit { close(descriptor) }

  /// Takes a part of the file that is to be written.
  ///
  /// - Returns: where it begins.
  func reserve(_ byteCount: Int) -> Int {
    end.add(byteCount, ordering: .relaxed).oldValue
  }

  /// Writes the memory of an array.
  func write<Element: BitwiseCopyable>(
    _ elements: [Element], at offset: Int
  ) throws(LogError) {
    let isWritten = elements.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return false }
        done += count
      }
      return true
    }
    guard isWritten else {
      throw .io(operation: "write temporary file", path: path, errno: errno)
    }
  }

  /// - Returns: fewer bytes at the file's end.
  func bytes(at offset: Int, count: Int) throws(LogError) -> [UInt8] {
    var failure: LogError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let read = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
        if read < 0 && errno == EINTR { continue }
        if read < 0 {
          failure = .io(operation: "read temporary file", path: path, errno: errno)
        }
        if read <= 0 { break }
        done += read
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

extension SpillFile {
  /// What was written is not there.
  var isTooShort: LogError {
    .io(operation: "read all bytes of temporary file", path: path, errno: EIO)
  }
}

// A lookup inside a rule cannot throw. It notes its error here, and the replay stops before it uses
// what came of it.
extension SpillFile {
  /// Keeps the first error of a lookup.
  func note(_ error: any Error) {
    failure.withLock { $0 = $0 ?? error }
  }

  /// - Throws: the first error of a lookup.
  func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
