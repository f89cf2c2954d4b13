// Entries of the service itself, made by a tool on a folder that no service runs on.

public import CommandHandling
import Domain
import EventLog
public import EventSourcing
import Glibc
import PersonalData
import Threading

extension DataFolder {
  /// Appends entries to the log, and returns once they are durable.
  ///
  /// - Parameter isAcceptingClock: whether the first entry accepts the system's clock.
  /// - Parameter onFatal: ends the process; a write to the log has failed.
  /// - Precondition: this process holds the folder's lock.
  public func append(
    _ entries: [SystemEntry], isAcceptingClock: Bool = false,
    onFatal: @escaping @Sendable (any Error) -> Void
  ) throws {
    if entries.isEmpty { return }
    // A folder without keys, such as a backup, takes no events.
    _ = try LogKeys.required(in: self)
    try requireSpace()
    let vault = try openPersonalKeys().vault
    let (log, _) = try WriteSide.openLog(
      folder: self.log, fileSystem: RealFileSystem(), onFailure: onFatal)
    defer { log.close() }
    // No entry of the service erases a person.
    let eraser = Eraser(
      log: log, vault: vault, stores: [],
      orders: { _, _ in throw OrdersUnknown(readModel: "of orders", because: "no service runs") },
      queue: SerialQueue(name: "erasing"))
    let sequencer = Sequencer(
      log: log, vault: vault, eraser: eraser, evidence: nil,
      clock: try clock(judgedBy: log), rulesVersion: RuleBook.version, aggregatesInMemory: 1,
      queue: SerialQueue(name: "sequencer"), keys: SerialQueue(name: "keys"),
      onFatal: onFatal)
    defer { sequencer.stop() }
    try CallingThread.run {
      for (index, entry) in entries.enumerated() {
        if isAcceptingClock, index == 0 {
          try await sequencer.acceptClock(recording: entry, peerUID: getuid())
        } else {
          try await sequencer.record(entry, peerUID: getuid())
        }
      }
    }
  }

  private func clock(judgedBy log: EventLog) throws -> GuardedClock {
    try clock(lastRecorded: LogReader.lastRecordedTime(before: log.durableEnd, in: self.log))
  }

  /// The system's clock as a service that starts on the folder judges it.
  ///
  /// - Parameter lastRecorded: the recorded time of the log's last event; `nil` for an empty log.
  /// - Throws: ``SettingsError``.
  public func clock(lastRecorded: Timestamp?) throws -> GuardedClock {
    GuardedClock(
      time: { .now }, sinceBoot: { ClockReading.systemSinceBoot },
      rule: try Settings(of: self).clockRule, lastRecorded: lastRecorded)
  }
}
