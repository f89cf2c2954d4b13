// What the log hands to the index.

internal import Cryptography
public import EventSourcing

/// A commit, as far as the index needs it.
public struct IndexedCommit: Sendable {
  /// The tenant of all its events.
  public var tenant: TenantID
  /// The command that led to the events.
  public var commandID: CommandID
  /// The commit's place in the log.
  public var ordinal: Ordinal
  /// The first event's place in the tenant's history.
  public var firstPosition: Position
  /// The stream of each event, in order.
  public var streams: [StreamName]

  public init(
    tenant: TenantID, commandID: CommandID, ordinal: Ordinal, firstPosition: Position,
    streams: [StreamName]
  ) {
    self.tenant = tenant
    self.commandID = commandID
    self.ordinal = ordinal
    self.firstPosition = firstPosition
    self.streams = streams
  }
}

/// What the log stores in the index of a full segment, to spare the next opening its records.
public struct FullSegmentRow: Sendable {
  /// The segment's first commit.
  public var firstOrdinal: Ordinal
  /// Opaque to the index.
  public var bytes: [UInt8]

  public init(firstOrdinal: Ordinal, bytes: [UInt8]) {
    self.firstOrdinal = firstOrdinal
    self.bytes = bytes
  }
}

/// A commit with its names as keys.
struct KeyedCommit: Sendable {
  var ordinal: Ordinal
  var firstPosition: Position
  var command: IndexKey
  /// The stream of each event, in order.
  var streams: [IndexKey]

  init(_ commit: IndexedCommit, using keys: IndexKeys) {
    ordinal = commit.ordinal
    firstPosition = commit.firstPosition
    command = keys.command(commit.commandID, in: commit.tenant)
    streams = commit.streams.map { keys.stream($0, in: commit.tenant) }
  }
}
