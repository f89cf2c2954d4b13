// Lines as the log hands them out: memory that is valid for one call.

public import JSON

extension RecordedEvent {
  public init(line: UnsafeRawBufferPointer) throws(JSONError) {
    try self.init(line: line.bindMemory(to: UInt8.self).span)
  }

  /// Whether a line is byte for byte what Redress would write, in the line's own schema version.
  ///
  /// - Throws: for a line that is no event at all.
  public static func isCanonical(line: UnsafeRawBufferPointer) throws(JSONError) -> Bool {
    try isCanonical(line: line.bindMemory(to: UInt8.self).span)
  }
}

extension EventHeader {
  public init(line: UnsafeRawBufferPointer) throws(JSONError) {
    try self.init(line: line.bindMemory(to: UInt8.self).span)
  }

  /// Reads the data that this header leaves out.
  public func event(in line: UnsafeRawBufferPointer) throws(JSONError) -> Event {
    try event(in: line.bindMemory(to: UInt8.self).span)
  }
}
