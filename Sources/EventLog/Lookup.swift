// Random access by stream, command and position. Everything durable is found, nothing else. The
// index says where to look and is never believed: whoever reads a line compares what it says.

public import EventSourcing

/// Where a stream's events are, and perhaps the state that some of them led to.
public struct StoredStream: Sendable {
  public let tenant: TenantID
  public let name: StreamName
  /// The number of events, which is the next revision.
  public let eventCount: Int
  /// The newest that was kept, unless it contradicts the stream.
  public let snapshot: StreamSnapshot?
  let runs: [EventRun]

  init(
    _ name: StreamName, in tenant: TenantID, runs: [EventRun], snapshot: IndexedSnapshot? = nil
  ) {
    self.tenant = tenant
    self.name = name
    self.runs = runs
    eventCount = runs.reduce(0) { $0 + $1.count }
    self.snapshot = snapshot.flatMap { StreamSnapshot($0, of: runs) }
  }

  var positions: [Position] {
    runs.flatMap { run in (0..<run.count).map { run.firstPosition.advanced(by: $0) } }
  }
}

/// What somebody made of a stream's first events, to be spared them the next time.
public struct StreamSnapshot: Sendable {
  /// How many events it was made of.
  public let eventCount: Int
  /// The last of these events.
  public let lastPosition: Position
  public let state: [UInt8]

  /// - Returns: `nil` unless the stream's event of that number is at that position.
  init?(_ snapshot: IndexedSnapshot, of runs: [EventRun]) {
    var rest = snapshot.eventCount
    for run in runs where rest > 0 {
      if rest <= run.count, run.firstPosition.advanced(by: rest - 1) != snapshot.lastPosition {
        return nil
      }
      rest -= run.count
    }
    guard rest <= 0 else { return nil }
    eventCount = snapshot.eventCount
    lastPosition = snapshot.lastPosition
    state = snapshot.state()
  }
}

extension EventLog {
  /// The positions of a stream's events, in order; empty for a stream that does not exist.
  public func positions(
    of stream: StreamName, in tenant: TenantID
  ) throws(LogError) -> [Position] {
    StoredStream(stream, in: tenant, runs: try index.events(of: stream, in: tenant)).positions
  }

  /// Where a stream's events are; without any for a stream that does not exist.
  public func stream(_ name: StreamName, in tenant: TenantID) throws(LogError) -> StoredStream {
    let runs = try index.events(of: name, in: tenant)
    let snapshot = runs.isEmpty ? nil : try index.snapshot(of: name, in: tenant)
    return StoredStream(name, in: tenant, runs: runs, snapshot: snapshot)
  }

  /// Keeps what a stream's first events led to, for ``stream(_:in:)`` to hand out again. It is
  /// derived and may be forgotten at any time.
  ///
  /// - Parameters:
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

  /// What a command led to; `nil` when it is not in the log.
  public func outcome(
    of command: CommandID, in tenant: TenantID
  ) throws(LogError) -> CommandOutcome? {
    guard let run = try index.outcome(of: command, in: tenant) else { return nil }
    let frame = try frame(of: run.ordinal)
    let found = try? frame.withLine(at: run.firstPosition, of: tenant, describe).1
    guard found == command else {
      throw .index(message: "it says that position \(run.firstPosition) is of command \(command)")
    }
    return CommandOutcome(firstPosition: run.firstPosition, eventCount: run.count)
  }

  /// Calls `body` with each event's line, without its newline, in the order given.
  ///
  /// - Throws: ``LogError``, among them ``LogError/noSuchPosition(tenant:position:)``, and what
  /// `body` throws.
  public func readEvents(
    of tenant: TenantID, at positions: some Sequence<Position>,
    _ body: (Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var frame: DecodedFrame?
    for position in positions {
      if frame?.holds(position, of: tenant) != true {
        frame = try self.frame(of: position, in: tenant)
      }
      try frame!.withLine(at: position, of: tenant) { try body(position, $0) }
    }
  }

  /// Where to begin reading commits to come by a tenant's event soon: the first commit of its
  /// frame.
  ///
  /// - Returns: `nil` when the tenant has no such durable event.
  public func ordinalOfFrame(
    holding position: Position, of tenant: TenantID
  ) throws(LogError) -> Ordinal? {
    try directory.place(of: position, in: tenant)?.firstOrdinal
  }

  private func frame(of position: Position, in tenant: TenantID) throws(LogError) -> DecodedFrame {
    let frame = try frame { () throws(LogError) in try directory.place(of: position, in: tenant) }
    guard let frame else { throw .noSuchPosition(tenant: tenant, position: position) }
    return frame
  }

  private func frame(of ordinal: Ordinal) throws(LogError) -> DecodedFrame {
    let frame = try frame { () throws(LogError) in try directory.place(of: ordinal) }
    guard let frame else {
      throw .index(message: "it knows of commit \(ordinal), which the log does not have")
    }
    return frame
  }

  /// - Returns: `nil` when there is no place.
  private func frame(
    at find: () throws(LogError) -> FramePlace?
  ) throws(LogError) -> DecodedFrame? {
    var last: FramePlace?
    while let place = try find() {
      if let frame = try frames.frame(at: place) { return frame }
      // While a segment is sealed there is nothing at the old place, and then there is another one.
      guard place != last else {
        throw .damaged(
          segment: SegmentName.name(firstOrdinal: place.segment), offset: place.offset,
          ordinal: place.firstOrdinal, reason: "somebody else sealed the segment")
      }
      last = place
    }
    return nil
  }

  /// Calls `body` with the lines at these positions, as far as the tenant's history reaches.
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
  public func readStream(
    _ stream: StreamName, in tenant: TenantID, from first: Revision = .first,
    _ body: (Revision, Position, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let stored = StoredStream(stream, in: tenant, runs: try index.events(of: stream, in: tenant))
    _ = try readEvents(of: stored, from: first, body)
  }

  /// Calls `body` with the lines of a stream, as far as it was when it was looked for, from a
  /// revision on.
  ///
  /// - Returns: how many frames were looked into.
  public func readEvents(
    of stream: StoredStream, from first: Revision = .first,
    _ body: (Revision, Position, UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    var revision = Revision.first
    var frame: DecodedFrame?
    var frameCount = 0
    for run in stream.runs {
      for offset in 0..<run.count {
        defer { revision = revision.advanced(by: 1) }
        guard revision >= first else { continue }
        let position = run.firstPosition.advanced(by: offset)
        if frame?.holds(position, of: stream.tenant) != true {
          frame = try self.frame(of: run.ordinal)
          frameCount += 1
        }
        try frame!.withLine(at: position, of: stream.tenant) { try body(revision, position, $0) }
      }
    }
    return frameCount
  }
}
