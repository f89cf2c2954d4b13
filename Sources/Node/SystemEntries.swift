// Entries of the service itself, made by a tool on a folder that no service runs on.

public import CommandHandling
import Domain
import EventLog
import Glibc
import PersonalData
import Threading

extension DataFolder {
  /// Appends entries to the log, and returns once they are durable.
  ///
  /// - Parameter onFatal: ends the process; a write to the log has failed.
  /// - Precondition: this process holds the folder's lock.
  public func append(
    _ entries: [SystemEntry], onFatal: @escaping @Sendable (any Error) -> Void
  ) throws {
    if entries.isEmpty { return }
    // A folder without keys, such as a backup, takes no events.
    _ = try LogKeys.required(in: self)
    try requireSpace()
    let vault = try openPersonalKeys().vault
    let (log, _) = try WriteSide.openLog(
      folder: self.log, fileSystem: RealFileSystem(), vault: vault, onFailure: onFatal)
    defer { log.close() }
    let eraser = Eraser(
      log: log, vault: vault, stores: [], orders: { _, _ in [] },
      queue: SerialQueue(name: "redress.erasing"))
    let sequencer = Sequencer(
      log: log, vault: vault, eraser: eraser, evidence: nil, clock: { .now },
      rulesVersion: RuleBook.version, aggregatesInMemory: 1,
      queue: SerialQueue(name: "redress.sequencer"), onFatal: onFatal)
    defer { sequencer.stop() }
    try CallingThread.run {
      for entry in entries { try await sequencer.record(entry, peerUID: getuid()) }
    }
  }
}
