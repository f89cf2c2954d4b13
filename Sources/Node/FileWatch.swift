// Looks every two seconds whether the files that a running service relies on are still there: the
// segments of the log, and its keys. What must hold: a service whose history or keys were taken
// away stops, since what it would write from then on is lost at its next start.

import EventLog
import EventSourcing
import Glibc
import ProcessManagers
import Projecting
import Synchronization
import Transparency

/// Ends the process when a segment or a key is gone or was replaced.
final class FileWatch: ProcessManager {
  let name = "file-watch"
  let readModel: (any ReadModel.Type)? = nil
  let waitsForClock = false
  private let segments: SegmentWatch
  private let keys: String
  /// The files of the keys, as they were at the start.
  private let identities: [String: FileID]
  private let clock: @Sendable () -> Timestamp
  private let onVanished: @Sendable (any Error) -> Void

  private static let interval = Int64(2_000_000)

  private struct FileID: Hashable {
    var device: UInt
    var inode: UInt
  }

  /// - Parameters:
  ///   - keys: the folder of the keys.
  ///   - onVanished: called with the reason; the process has to end.
  init(
    log: EventLog, keys: String, clock: @escaping @Sendable () -> Timestamp,
    onVanished: @escaping @Sendable (any Error) -> Void
  ) throws {
    segments = SegmentWatch(of: log)
    self.keys = keys
    self.clock = clock
    self.onVanished = onVanished
    var identities: [String: FileID] = [:]
    for name in try DurableFile.names(in: keys) where Self.isWatched(name) {
      identities[name] = try Self.identity("\(keys)/\(name)")
    }
    self.identities = identities
  }

  /// Secrets of shops may be replaced beside a service, and SQLite makes and removes its own files.
  private static func isWatched(_ name: String) -> Bool {
    !name.hasPrefix(".") && !name.hasPrefix("shopify-") && !name.hasPrefix("keys.sqlite-")
  }

  func run() throws -> Timestamp? {
    do {
      try segments.check()
      for (name, identity) in identities.sorted(by: { $0.key < $1.key }) {
        let path = "\(keys)/\(name)"
        guard try Self.identity(path) == identity else { throw KeyVanished(path: path) }
      }
    } catch let vanished as KeyVanished { onVanished(vanished) } catch let error as LogError {
      guard case .vanished = error else { throw error }
      onVanished(error)
    }
    return Timestamp(microseconds: clock().microseconds + Self.interval)
  }

  /// - Returns: `nil` where there is no such file.
  private static func identity(_ path: String) throws -> FileID? {
    var status = stat()
    if stat(path, &status) == 0 {
      return FileID(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw TransparencyError.io(operation: "look at", path: path, errno: errno)
    }
    return nil
  }
}

/// A key's file that is gone or another one.
struct KeyVanished: Error, CustomStringConvertible {
  var path: String

  var description: String {
    "\(path) is gone or was replaced while the service runs, so what it seals or signs from now on "
      + "could not be opened or verified; put the file back, then start again"
  }
}
