// Lines as the log hands them out: memory that is valid for one call.

public import JSON

extension RecordedEvent {
  public init(line: UnsafeRawBufferPointer) throws(JSONError) {
    try self.init(line: line.bindMemory(to: UInt8.self).span)
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
