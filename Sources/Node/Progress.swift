// Whether the threads on which every command depends get on with their work.

import CommandHandling
import EventLog
import EventSourcing

/// What a node had decided and written at a moment.
public struct Progress: Sendable, Hashable {
  var isDeciding: Bool
  var decidedBatchCount: UInt64
  var isKeepingKeys: Bool
  var keyStepCount: UInt64
  var isWriting: Bool
  var durableEnd: Ordinal

  /// Whether each part that had work at an earlier moment, and has some now, did some in between.
  public func isAlive(since earlier: Progress) -> Bool {
    let decides =
      !earlier.isDeciding || !isDeciding || decidedBatchCount != earlier.decidedBatchCount
    let keepsKeys =
      !earlier.isKeepingKeys || !isKeepingKeys || keyStepCount != earlier.keyStepCount
    let writes = !earlier.isWriting || !isWriting || durableEnd != earlier.durableEnd
    return decides && keepsKeys && writes
  }
}

extension Node {
  /// What is decided and written now.
  public var progress: Progress {
    let (isDeciding, batchCount) = sequencer.progress
    let (isKeepingKeys, keyStepCount) = sequencer.keyProgress
    return Progress(
      isDeciding: isDeciding, decidedBatchCount: batchCount,
      isKeepingKeys: isKeepingKeys, keyStepCount: keyStepCount,
      isWriting: log.pendingCommitCount > 0, durableEnd: log.durableEnd)
  }
}
