// The log's errors, with what an operator needs: what is wrong, where, and what to do. Nothing is
// repaired silently.

public import EventSourcing
internal import Glibc
internal import LogIndex

/// Why the log cannot be opened, read or written.
public enum LogError: Error, Equatable, Sendable {
  /// Bytes of the history are not what was written, or do not fit together.
  case damaged(segment: String, offset: Int, ordinal: Ordinal, reason: String)
  /// Commits are missing between two segments, or before the first.
  case missingSegment(expected: String, found: String)
  /// An entry of the log's folder that is no segment.
  case unexpectedFile(name: String)
  /// The segment has a later version of the format.
  case unsupportedFormat(segment: String, offset: Int, version: Int, flags: Int)
  /// A line that the caller's `describe` does not accept.
  case undescribable(segment: String, offset: Int, ordinal: Ordinal, reason: String)
  /// The operating system refused something while opening or reading.
  case io(operation: String, path: String, errno: Int32)
  /// A write or sync failed, so what is on the disk is unknown; the log stopped for good.
  case notDurable(operation: String, path: String, errno: Int32)
  /// A segment is gone, or another file has its name, while it is in use; the log stopped for good.
  case vanished(path: String)
  /// A commit whose lines are not one line for each stream, or too long.
  case malformedCommit(tenant: TenantID, reason: String)
  /// A commit that does not continue its tenant's history.
  case positionGap(tenant: TenantID, expected: Position, given: Position)
  /// The log was closed or has failed.
  case stopped
  /// The derived index failed while it was used.
  case index(message: String)
  /// The tenant's history does not reach this position.
  case noSuchPosition(tenant: TenantID, position: Position)
  /// A backup that is not a beginning of the log.
  case otherHistory(segment: String, ordinal: Ordinal)
  /// The log does not reach this commit.
  case noSuchOrdinal(ordinal: Ordinal, end: Ordinal)
}

extension LogError {
  init(_ error: IndexError) {
    switch error {
    case .closed: self = .stopped
    case .failed(let message), .damaged(let message): self = .index(message: message)
    }
  }
}

extension LogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let segment, let offset, let ordinal, let reason):
      """
      The log is damaged in \(segment) at byte \(offset), commit \(ordinal): \(reason). Nothing \
      was changed. Keep this folder as it is and restore the segment from a backup or a replica.
      """
    case .missingSegment(let expected, let found):
      """
      The log has no segment \(expected), though \(found) exists. Nothing was changed. Restore the \
      missing segment from a backup or a replica.
      """
    case .unexpectedFile(let name):
      """
      The log's folder holds \(name), which is no file, or none that is named like a segment. Move \
      it elsewhere.
      """
    case .unsupportedFormat(let segment, let offset, let version, let flags):
      """
      \(segment) at byte \(offset) was written in format \(version) (flags \(flags)), which this \
      version does not know. Use the version that wrote it, or a later one.
      """
    case .undescribable(let segment, let offset, let ordinal, let reason):
      """
      A line in \(segment) at byte \(offset), commit \(ordinal), is not understood: \(reason). Was \
      it written by a later version?
      """
    case .io(let operation, let path, let errno):
      "Cannot \(operation) \(path): \(LogError.text(errno))."
    case .notDurable(let operation, let path, let errno):
      """
      Could not \(operation) \(path): \(LogError.text(errno)). Nothing in doubt was acknowledged. \
      The log has stopped; \(LogError.advice(errno)), then start again: recovery cuts an \
      unfinished write.
      """
    case .vanished(let path):
      """
      \(path) is gone or was replaced while the log is in use. Nothing that was written since was \
      acknowledged. The log has stopped: put the file back, then start again.
      """
    case .malformedCommit(let tenant, let reason):
      "A commit for tenant \(tenant) is malformed: \(reason)."
    case .positionGap(let tenant, let expected, let given):
      "A commit for tenant \(tenant) begins at position \(given); \(expected) is next."
    case .stopped: "The log is stopped."
    case .index(let message):
      """
      The log's index cannot be used: \(message). It is derived from the log: a running service \
      tries again, and makes a damaged one anew. Without a service, delete index.sqlite* in the \
      log's folder.
      """
    case .noSuchPosition(let tenant, let position):
      "Tenant \(tenant) has no event at position \(position)."
    case .otherHistory(let segment, let ordinal):
      """
      The backup holds another history than the log: its \(segment), which reaches to commit \
      \(ordinal), does not begin as the log's does. Nothing of it was changed. Back up into \
      another folder, and find out which of the two is right.
      """
    case .noSuchOrdinal(let ordinal, let end):
      "The log has no commit \(ordinal); it ends before \(end)."
    }
  }

  private static func text(_ errno: Int32) -> String { String(cString: strerror(errno)) }

  private static func advice(_ errno: Int32) -> String {
    errno == ENOSPC || errno == EDQUOT ? "free disk space" : "check the disk"
  }
}
