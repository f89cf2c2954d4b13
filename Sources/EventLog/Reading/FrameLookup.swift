// From a commit or a position to the decompressed frame that holds it, and to lines in it.

internal import EventSourcing
internal import LogIndex

/// Random access to the frames of a folder.
struct FrameLookup: Sendable {
  let directory: FrameDirectory
  let frames: FrameStore

  init(directory: FrameDirectory, frames: FrameStore) {
    (self.directory, self.frames) = (directory, frames)
  }

  /// The frames of a folder that is not open in this process.
  init(_ directory: FrameDirectory, folder: String) {
    self.init(
      directory: directory, frames: FrameStore(folder: folder, fileSystem: RealFileSystem()))
  }

  /// The frame that holds a tenant's event.
  ///
  /// - Throws: ``LogError/noSuchPosition(tenant:position:)`` past the end.
  func frame(of position: Position, in tenant: TenantID) throws(LogError) -> DecodedFrame {
    let frame = try frame { () throws(LogError) in try directory.place(of: position, in: tenant) }
    guard let frame else { throw .noSuchPosition(tenant: tenant, position: position) }
    return frame
  }

  /// The frame that holds a commit that the index names.
  func frame(of ordinal: Ordinal) throws(LogError) -> DecodedFrame {
    let frame = try frame { () throws(LogError) in try directory.place(of: ordinal) }
    guard let frame else {
      throw .index(message: "it has commit \(ordinal), which the log does not have")
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
      // Sealing emptied the old place and then entered another one into the directory.
      guard place != last else {
        throw .damaged(
          segment: SegmentName.name(firstOrdinal: place.segment), offset: place.offset,
          ordinal: place.firstOrdinal, reason: "another process sealed the segment")
      }
      last = place
    }
    return nil
  }

  /// Calls `body` with each event's line, in the order of the positions given.
  func readEvents(
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

  /// Calls `body` with each line of a stream, from a revision on.
  ///
  /// - Returns: how many frames were read.
  func readEvents(
    of stream: StoredStream, from first: Revision,
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
