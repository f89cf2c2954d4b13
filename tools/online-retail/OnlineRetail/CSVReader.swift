// Comma-separated values as RFC 4180 describes them, one byte after the other, so that a file of
// any size can be fed in chunks that end anywhere.
//
// - Lines end with LF or CRLF; the last one may lack its end. Empty lines are skipped.
// - A field in quotes may hold commas, line ends and, doubled, quotes. A quote anywhere else is an
//   error: guessing would shift every field after it.

/// Cuts chunks of bytes into records.
struct CSVReader {
  private enum State {
    case recordStart, fieldStart, plain, quoted, quoteInQuoted, carriageReturn
  }

  private var state = State.recordStart
  private var record = CSVRecord()
  private var line = 1

  /// Reads a chunk and hands over each record that ends inside it.
  mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ body: (CSVRecord) throws -> Void
  ) throws {
    var index = 0
    while index < bytes.count {
      try read(bytes[index], body)
      index += 1
      guard state == .plain || state == .quoted else { continue }
      let run = bytes[index...].prefix(while: CSVReader.isOrdinary)
      record.append(run)
      index += run.count
    }
  }

  /// Whether a byte inside a field is always just text.
  private static func isOrdinary(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n"): false
    default: true
    }
  }

  /// Hands over the last record when its line has no end.
  mutating func finish(_ body: (CSVRecord) throws -> Void) throws {
    switch state {
    case .recordStart: break
    case .quoted:
      throw SalesFileError.badRow(line: record.line, "a quote is opened and never closed")
    case .carriageReturn: throw strayCarriageReturn
    case .fieldStart, .plain, .quoteInQuoted: try endRecord(body)
    }
  }

  private mutating func read(_ byte: UInt8, _ body: (CSVRecord) throws -> Void) throws {
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _):
      if byte == UInt8(ascii: "\n") { line += 1 }
      record.append(byte)
    case (.carriageReturn, UInt8(ascii: "\n")): try endRecord(body)
    case (.carriageReturn, _): throw strayCarriageReturn
    case (.recordStart, UInt8(ascii: "\n")): line += 1
    case (_, UInt8(ascii: "\n")): try endRecord(body)
    case (_, UInt8(ascii: "\r")): state = .carriageReturn
    case (_, UInt8(ascii: ",")):
      record.endField()
      state = .fieldStart
    case (.recordStart, UInt8(ascii: "\"")), (.fieldStart, UInt8(ascii: "\"")): state = .quoted
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      record.append(byte)
      state = .quoted
    case (.quoteInQuoted, _):
      throw SalesFileError.badRow(line: line, "something follows a closing quote")
    case (_, UInt8(ascii: "\"")):
      throw SalesFileError.badRow(line: line, "a quote inside a field that has none around it")
    default:
      record.append(byte)
      state = .plain
    }
  }

  private mutating func endRecord(_ body: (CSVRecord) throws -> Void) throws {
    record.endField()
    if record.count > 1 || !record[0].isEmpty { try body(record) }
    line += 1
    record.removeAll(line: line)
    state = .recordStart
  }

  private var strayCarriageReturn: SalesFileError {
    .badRow(line: line, "a carriage return that ends no line")
  }
}

/// The fields of one line, without the quotes around them.
struct CSVRecord {
  /// Where the record begins, counted from 1.
  private(set) var line = 1

  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// How many fields there are.
  var count: Int { ends.count }

  subscript(field: Int) -> ArraySlice<UInt8> {
    bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
  }

  /// The field as text, or nil where it is not UTF-8.
  func text(_ field: Int) -> String? { String(validating: self[field], as: UTF8.self) }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append(_ run: Slice<UnsafeRawBufferPointer>) { bytes.append(contentsOf: run) }

  mutating func endField() { ends.append(bytes.count) }

  mutating func removeAll(line: Int) {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    self.line = line
  }
}
