// Random access by stream, command and position. Everything durable is found, nothing else.

public import EventSourcing

extension EventLog {
  /// The positions of a stream's events, in order; empty for a stream that does not exist.
  public func positions(
    of stream: StreamName, in tenant: TenantID
  ) throws(LogError) -> [Position] {
    try index.positions(of: stream, in: tenant)
  }

  /// The number of a stream's events, which is its next revision.
  public func revisionCount(of stream: StreamName, in tenant: TenantID) throws(LogError) -> Int {
    try positions(of: stream, in: tenant).count
  }

  /// What a command led to; `nil` when it is not in the log.
  public func outcome(
    of command: CommandID, in tenant: TenantID
  ) throws(LogError) -> CommandOutcome? {
    try index.outcome(of: command, in: tenant)
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

  /// Where to begin reading commits to come by a tenant's event soon: the first commit of its frame.
  ///
  /// - Returns: `nil` when the tenant has no such durable event.
  public func ordinalOfFrame(
    holding position: Position, of tenant: TenantID
  ) throws(LogError) -> Ordinal? {
    try directory.place(of: position, in: tenant)?.firstOrdinal
  }

  private func frame(of position: Position, in tenant: TenantID) throws(LogError) -> DecodedFrame {
    while let place = try directory.place(of: position, in: tenant) {
      // Only when the segment is being sealed right now there is nothing at the place.
      if let frame = try frames.frame(at: place) { return frame }
    }
    throw .noSuchPosition(tenant: tenant, position: position)
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
    var revision = first
    let positions = try positions(of: stream, in: tenant).dropFirst(Int(first.value))
    try readEvents(of: tenant, at: positions) { position, line in
      try body(revision, position, line)
      revision = revision.advanced(by: 1)
    }
  }
}
