import Testing

@testable import OnlineRetail

@Suite struct `reading the shop's CSV` {
  private func records(_ text: String, chunkSize: Int = 3) throws -> [[String]] {
    var reader = CSVReader()
    var records: [[String]] = []
    func take(_ record: CSVRecord) { records.append((0..<record.count).map { record.text($0)! }) }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: chunkSize) {
      try bytes[start..<min(start + chunkSize, bytes.count)].withUnsafeBytes {
        try reader.read($0, take)
      }
    }
    try reader.finish(take)
    return records
  }

  @Test(arguments: [1, 2, 3, 100])
  func `fields in quotes may hold commas, line ends and quotes`(chunkSize: Int) throws {
    let text = "a,\"b, c\",d\n\"7\"\" FRAME\",\"two\nlines\",\"\"\n"
    #expect(
      try records(text, chunkSize: chunkSize) == [
        ["a", "b, c", "d"], ["7\" FRAME", "two\nlines", ""],
      ])
  }

  @Test func `lines end with LF or CRLF and the last one needs no end`() throws {
    #expect(try records("a,b\r\n\"c\",\r\nd,\"e\"") == [["a", "b"], ["c", ""], ["d", "e"]])
    #expect(try records("a,b\nc,") == [["a", "b"], ["c", ""]])
  }

  @Test func `empty lines are skipped`() throws {
    #expect(try records("\na\n\n\r\nb\n\n") == [["a"], ["b"]])
  }

  @Test(arguments: [
    ("a\nb,\"c", 2, "a quote is opened and never closed"),
    ("a\n\"b\nc\"\n\"d\"e", 4, "something follows a closing quote"),
    ("a\nb\nc\"d", 3, "a quote inside a field that has none around it"),
    ("a\rb\n", 1, "a carriage return that ends no line"),
    ("a\n\"b\"\r", 2, "a carriage return that ends no line"),
  ])
  func `what cannot be understood is refused with its line`(
    text: String, line: Int, problem: String
  ) {
    #expect(throws: SalesFileError.badRow(line: line, problem)) { try records(text) }
  }
}
