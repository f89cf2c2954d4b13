// Random access by stream, command and position. Every durable event is found, and nothing else.
// The index says where to look and is never believed: a reader of a line compares what it names.

public import EventSourcing
internal import LogIndex

extension EventLog {
  /// The positions of a stream's events, in order; empty for a stream that does not exist.
  ///
  /// - Throws: ``LogError/index(message:)`` or ``LogError/stopped``.
  public func positions(
    of stream: StreamName, in tenant: TenantID
  ) throws(LogError) -> [Position] {
    StoredStream(stream, in: tenant, runs: try runs(of: stream, in: tenant)).positions
  }

  /// Where a stream's events are; without any for a stream that does not exist.
  ///
  /// - Throws: ``LogError/index(message:)`` or ``LogError/stopped``.
  public func stream(_ name: StreamName, in tenant: TenantID) throws(LogError) -> StoredStream {
    let runs = try runs(of: name, in: tenant)
    var snapshot: IndexedSnapshot?
    if !runs.isEmpty {
      do { snapshot = try index.snapshot(of: name, in: tenant) } catch { throw LogError(error) }
    }
    return StoredStream(name, in: tenant, runs: runs, snapshot: snapshot)
  }

  /// Stores the state that a stream's first events led to, for ``stream(_:in:)`` to return. It is
  /// derived and may be lost at any time.
  ///
  /// - Parameters:
  ///   - stream: the aggregate's stream.
  ///   - tenant: the stream's tenant.
  ///   - eventCount: how many events, all of them durable.
  ///   - lastPosition: the last one's.
  ///   - state: called later, on another thread, perhaps more than once.
  public func keepSnapshot(
    of stream: StreamName, in tenant: TenantID, eventCount: Int, lastPosition: Position,
    state: @escaping @Sendable () -> [UInt8]
  ) {
    precondition(lastPosition < directory.end(of: tenant), "a state that is not durable")
    index.keep(
      IndexedSnapshot(eventCount: eventCount, lastPosition: lastPosition, state: state),
      of: stream, in: tenant)
  }

  /// The events that a command led to; `nil` when it is not in the log.
  ///
  /// - Throws: ``LogError``, among them ``LogError/index(message:)`` when the line that the index
  ///   leads to is another command's.
  public func outcome(
    of command: CommandID, in tenant: TenantID
  ) throws(LogError) -> CommandOutcome? {
    let run: EventRun?
    do { run = try index.outcome(of: command, in: tenant) } catch { throw LogError(error) }
    guard let run else { return nil }
    let frame = try lookup.frame(of: run.ordinal)
    let found = try? frame.withLine(at: run.firstPosition, of: tenant, describe).1
    guard found == command else {
      throw wrongIndex("it says that position \(run.firstPosition) is of command \(command)")
    }
    return CommandOutcome(firstPosition: run.firstPosition, eventCount: run.count)
  }

  /// Calls `body` with each event's line, without its newline, in the order given.
  ///
  /// - Throws: ``LogError``, among them ``LogError/noSuchPosition(tenant:position:)``, and what
  ///   `body` throws.
  public func readEvents(
    of tenant: TenantID, at positions: some Sequence<Position>,
    _ body: (Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try lookup.readEvents(of: tenant, at: positions, body)
  }

  /// The first commit of the frame that holds a tenant's event, where a reader that wants the event
  /// and what follows begins.
  ///
  /// - Returns: `nil` when the tenant has no such durable event.
  public func ordinalOfFrame(
    holding position: Position, of tenant: TenantID
  ) throws(LogError) -> Ordinal? {
    try directory.place(of: position, in: tenant)?.firstOrdinal
  }

  /// Calls `body` with the lines at these positions, up to the end of the tenant's history.
  ///
  /// - Throws: ``LogError``, and what `body` throws.
  public func readEvents(
    of tenant: TenantID, in range: Range<Position>,
    _ body: (Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let end = min(range.upperBound, directory.end(of: tenant))
    guard range.lowerBound < end else { return }
    let values = range.lowerBound.value..<end.value
    try readEvents(of: tenant, at: values.lazy.map { Position($0) }, body)
  }

  /// Calls `body` with the lines of a stream from a revision on.
  ///
  /// - Throws: ``LogError``, among them ``LogError/index(message:)`` for a line of another stream,
  ///   and what `body` throws.
  public func readStream(
    _ stream: StreamName, in tenant: TenantID, from first: Revision = .first,
    _ body: (Revision, Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let stored = StoredStream(stream, in: tenant, runs: try runs(of: stream, in: tenant))
    _ = try readEvents(of: stored, from: first) { revision, position, line in
      guard try describe(line).0 == stream else {
        throw wrongIndex("it says that position \(position) is of \(stream)")
      }
      try body(revision, position, line)
    }
  }

  /// Calls `body` with each line of the commit that holds a position; never past the end.
  ///
  /// - Throws: ``LogError``, and what `body` throws.
  public func readCommit(
    at position: Position, in tenant: TenantID,
    _ body: (Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard position < directory.end(of: tenant) else { return }
    let frame = try lookup.frame(of: position, in: tenant)
    for place in frame.commit(of: position, in: tenant) ?? [] {
      try frame.withLine(at: place, of: tenant) { try body(place, $0) }
    }
  }

  /// Waits until the index has a tenant's events below a position, which must be durable: it learns
  /// them a moment later.
  ///
  /// - Throws: ``LogError/stopped`` after five seconds.
  public func waitForIndex(of tenant: TenantID, upTo end: Position) throws(LogError) {
    guard end > .first,
      let ordinal = try ordinalOfFrame(holding: Position(end.value - 1), of: tenant)
    else { return }
    guard waitForCommits(after: ordinal, timeout: .seconds(5)) > ordinal else { throw .stopped }
  }

  /// Calls `body` with the lines of a stream from a revision on, up to the stream's end when it was
  /// looked up.
  ///
  /// - Returns: how many frames were read.
  /// - Throws: ``LogError``, and what `body` throws.
  public func readEvents(
    of stream: StoredStream, from first: Revision = .first,
    _ body: (Revision, Position, UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    try lookup.readEvents(of: stream, from: first, body)
  }

  /// Has an index made anew that says what the lines do not.
  private func wrongIndex(_ reason: String) -> LogError {
    index.discard(because: reason)
    return .index(message: reason)
  }

  private var lookup: FrameLookup { FrameLookup(directory: directory, frames: frames) }

  private func runs(of stream: StreamName, in tenant: TenantID) throws(LogError) -> [EventRun] {
    do { return try index.events(of: stream, in: tenant) } catch { throw LogError(error) }
  }
}
