// A shop's file on disk, plain or compressed by Zstandard; which of the two, its first bytes say.

internal import Foundation
internal import Zstandard

extension SalesHistory {
  /// Reads a whole file, because a late row can still belong to the first order.
  public init(path: String) throws {
    do {
      let isCompressed = try SalesHistory.isZstandard(path)
      try self.init { body in
        if isCompressed {
          try forEachDecompressedChunk(path: path, body)
        } else {
          try SalesHistory.forEachChunk(path, body)
        }
      }
    } catch let error as ZstandardError {
      throw SalesFileError.unreadable(path: path, reason: "\(error)")
    }
  }

  /// Reads what `source` hands over, in chunks that may end anywhere.
  init(source: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
    self.init()
    var reader = CSVReader()
    var clock = LondonClock()
    var hasHeader = false
    func take(_ record: CSVRecord) throws {
      if hasHeader { return add(try SalesRow(record, clock: &clock)) }
      try SalesRow.checkHeader(record)
      hasHeader = true
    }
    try source { try reader.read($0, take) }
    try reader.finish(take)
    if start == nil { throw SalesFileError.noRows }
  }

  /// A frame begins with 0xFD2FB528, little-endian (RFC 8878, section 3.1.1).
  private static func isZstandard(_ path: String) throws -> Bool {
    let file = try open(path)
    defer { try? file.close() }
    return try read(file, 4, path) == Data([0x28, 0xB5, 0x2F, 0xFD])
  }

  private static func forEachChunk(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let file = try open(path)
    defer { try? file.close() }
    while let chunk = try read(file, 1 << 20, path), !chunk.isEmpty {
      try chunk.withUnsafeBytes(body)
    }
  }

  private static func open(_ path: String) throws -> FileHandle {
    do {
      return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw SalesFileError.unreadable(path: path, reason: error.localizedDescription)
    }
  }

  private static func read(_ file: FileHandle, _ count: Int, _ path: String) throws -> Data? {
    do {
      return try file.read(upToCount: count)
    } catch {
      throw SalesFileError.unreadable(path: path, reason: error.localizedDescription)
    }
  }
}
