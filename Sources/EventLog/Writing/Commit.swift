// What is appended, and what an append returns. A commit is all or nothing: no reader sees a part
// of it.

public import EventSourcing

/// The events of one command, possibly over several streams of one tenant.
public struct Commit: Sendable {
  /// The tenant of all its lines.
  public var tenant: TenantID
  /// The command that led to the events.
  public var commandID: CommandID
  /// The position that the first line carries; the following lines carry the following positions.
  public var firstPosition: Position
  /// Each event's line followed by a newline.
  public var lines: [UInt8]
  /// The stream of each line, in order.
  public var streams: [StreamName]

  /// The most bytes that one line may have, without its newline.
  public static let maximumLineByteCount = 1 << 20

  /// The most bytes that the lines of one commit may have, with their newlines.
  public static let maximumByteCount = 64 << 20

  /// ``EventLog/EventLog`` checks the shape when the commit is appended.
  public init(
    tenant: TenantID, commandID: CommandID, firstPosition: Position, lines: [UInt8],
    streams: [StreamName]
  ) {
    self.tenant = tenant
    self.commandID = commandID
    self.firstPosition = firstPosition
    self.lines = lines
    self.streams = streams
  }

  /// The number of lines.
  public var eventCount: Int { streams.count }
}

/// Where a commit lies, once it is certain to survive a power failure.
public struct AppendedCommit: Hashable, Sendable {
  /// The commit's place in the log.
  public var ordinal: Ordinal
  public var tenant: TenantID
  public var firstPosition: Position
  public var eventCount: Int

  public init(ordinal: Ordinal, tenant: TenantID, firstPosition: Position, eventCount: Int) {
    self.ordinal = ordinal
    self.tenant = tenant
    self.firstPosition = firstPosition
    self.eventCount = eventCount
  }
}

/// The events that one command led to.
public struct CommandOutcome: Hashable, Sendable {
  public var firstPosition: Position
  public var eventCount: Int

  public init(firstPosition: Position, eventCount: Int) {
    self.firstPosition = firstPosition
    self.eventCount = eventCount
  }
}

extension Commit {
  /// - Throws: ``LogError/malformedCommit(tenant:reason:)`` unless there is one well-formed line
  ///   for each stream.
  func check() throws(LogError) {
    func refuse(_ reason: String) -> LogError { .malformedCommit(tenant: tenant, reason: reason) }
    guard !streams.isEmpty else { throw refuse("it has no events") }
    guard lines.last == newline else { throw refuse("its last line has no newline") }
    guard lines.count <= Commit.maximumByteCount else {
      throw refuse("its lines have \(lines.count) bytes, at most \(Commit.maximumByteCount) can be")
    }
    var count = 0
    var longest = 0
    var isAnyEmpty = false
    lines.withBytes { bytes in
      eachLine(in: bytes) { line in
        count += 1
        longest = max(longest, line.count)
        isAnyEmpty = isAnyEmpty || line.isEmpty
      }
    }
    guard count == streams.count else {
      throw refuse("it has \(count) lines and \(streams.count) streams")
    }
    guard longest <= Commit.maximumLineByteCount else {
      throw refuse("a line has \(longest) bytes, at most \(Commit.maximumLineByteCount) can be")
    }
    guard !isAnyEmpty else { throw refuse("it has an empty line") }
  }
}
