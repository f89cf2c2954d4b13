import JSON
import Testing

/// An object as generated code reads it.
private struct Line: Equatable {
  static let fields = JSONFields([
    (#""id":"#, true), (#""count":"#, false), (#""tags":"#, false), (#""note":"#, true),
  ])
  var id = ""
  var count: Int?
  var tags: [String] = []
  var note = ""

  init(_ text: String) throws(JSONError) {
    let bytes = Array(text.utf8)
    var reader = JSONReader(bytes.span)
    var progress = try reader.beginObject()
    while let field = try reader.nextField(Line.fields, &progress) {
      switch field {
      case 0: id = try reader.readString(length: 1...4)
      case 1: count = try reader.readInteger(-5...100)
      case 2:
        try reader.beginArray()
        while try reader.nextElement(tags.count, of: 1...2) { tags.append(try reader.readString()) }
      default: note = try reader.readString()
      }
    }
    try reader.finish()
  }
}

struct `An object` {
  @Test(arguments: [
    #"{"id":"a","count":7,"tags":["x","y"],"note":"n"}"#,
    #"{"note":"n","tags":["x","y"],"count":7,"id":"a"}"#,
    "\t{ \"tags\" : [ \"x\" ,\r\n\"y\" ] , \"id\" : \"a\" ,\"note\":\"n\", \"count\" : 7 } ",
    #"{"\u0069d":"a","count":7,"t\u0061gs":["\u0078","y"],"note":"\u006e"}"#,
  ])
  func `reads the same in any order, with white space and escapes`(text: String) throws {
    let line = try Line(text)
    #expect(line.id == "a" && line.count == 7 && line.tags == ["x", "y"] && line.note == "n")
  }

  @Test func `may leave out optional fields`() throws {
    #expect(try Line(#"{"id":"a","note":"n"}"#).count == nil)
  }

  @Test(arguments: [
    (#"{"id":"a"}"#, "$.note", "the required field note is missing"),
    (#"{"id":"a","note":"n","id":"b"}"#, "$.id", "the field id occurs twice"),
    (#"{"id":"a","\u0069d":"b"}"#, "$.id", "the field id occurs twice"),
    (#"{"id":"a","nose":1}"#, "$.nose", "the known ones are: id, count, tags, note"),
    (#"{"id":7}"#, "$.id", "found 7, expected a text"),
    (#"{"id":null}"#, "$.id", "leave the field out where there is no value"),
    (#"{"id":"abcde"}"#, "$.id", "a text of 5 characters (\"abcde\"), expected 1 to 4"),
    (#"{"id":""}"#, "$.id", "a text of 0 characters"),
    (#"{"id":"a","count":1.0}"#, "$.count", "found 1.0, expected a whole number from -5 to 100"),
    (#"{"id":"a","count":1e2}"#, "$.count", "found 1e2, expected a whole number"),
    (#"{"id":"a","count":101}"#, "$.count", "found 101"),
    (#"{"id":"a","count":-6}"#, "$.count", "found -6"),
    (#"{"id":"a","count":-0}"#, "$.count", "found -0"),
    (#"{"id":"a","count":01}"#, "$.count", "found 01"),
    (#"{"id":"a","count":99999999999999999999}"#, "$.count", "found 99999999999999999999"),
    (#"{"id":"a","count":"7"}"#, "$.count", "found \"7\", expected a whole number"),
    (#"{"id":"a","tags":["x",["y"]]}"#, "$.tags[1]", "found an array, expected a text"),
    (#"{"id":"a","tags":["x","y","z"]}"#, "$.tags[2]", "found more than 2 elements"),
    (#"{"id":"a","tags":[]}"#, "$.tags", "found 0 elements, expected 1 to 2"),
    (#"{"id":"a","tags":["x",]}"#, "$.tags[1]", "found ]"),
    (#"{"id":"a","tags":{}}"#, "$.tags", "found an object, expected an array"),
    (#"{"id":"a","note":"n"} x"#, "$", "found x after the end"),
    (#"{"id":"a","note":"n",}"#, "$", "another element or no comma"),
    (#"{"id":"a""#, "$.id", "found the end of the text"),
    (#"[]"#, "$", "found an array, expected an object"),
    ("", "$", "found the end of the text, expected an object"),
  ])
  func `that is wrong is refused with its path`(text: String, path: String, problem: String) {
    #expect {
      try Line(text)
    } throws: { error in
      guard let error = error as? JSONError else { return false }
      if error.path != path || !error.problem.contains(problem) { Issue.record(error) }
      return error.path == path && error.problem.contains(problem)
    }
  }

  @Test func `with a key that Unicode calls equivalent is still unknown`() {
    // U+212A, the Kelvin sign, is canonically equivalent to K.
    #expect(throws: JSONError.self) { try Line("{\"id\":\"a\",\"note\":\"n\",\"\u{212a}\":1}") }
    #expect(throws: Never.self) { try JSONValue(parsing: Array("{\"K\":1,\"\u{212a}\":2}".utf8)) }
  }

  @Test func `read as a tree keeps both members of a key that occurs twice`() throws {
    let text = Array(#"{"a":1,"a":2}"#.utf8)
    #expect(try JSONValue(parsing: text).json == text)
  }
}

struct `A text` {
  @Test(arguments: [
    "", "plain", "sixteen bytes ok", "\"\\/", "\u{8}\u{9}\u{a}\u{c}\u{d}\u{0}\u{1f}\u{7f}",
    "é", "日本語", "👩‍👩‍👧", "\u{ffff}\u{10ffff}\u{2028}", "a\u{300}",
    "12345678é12345678\"",
  ])
  func `is read as it was written`(text: String) throws {
    let json = JSONValue.string(text).json
    let back = try #require(JSONValue(parsing: json).string)
    #expect(back.unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test func `is escaped as little as possible`() {
    let json = JSONValue.string("\"\\/\u{8}\t\n\u{c}\r\u{0}\u{1f}\u{7f}é").json
    let expected = #""\"\\/\b\t\n\f\r\u0000\u001f"# + "\u{7f}é\""
    #expect(String(decoding: json, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],
    [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0xff],
    [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x92], [0x0a], [0x1f], [0x00],
  ])
  func `that is not clean UTF-8 is refused`(bytes: [UInt8]) {
    let text: [UInt8] = [0x22] + Array("12345678".utf8) + bytes + [0x22]
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test(arguments: [
    #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800x""#, #""\u12g4""#, #""\x""#, #""\"#,
    #""\u12"#, #""abc"#, #"{"\x":1}"#, #"{"a":1,"\ud800":1}"#, #"{"a":{"\"#, #"{""#,
  ])
  func `with a broken escape is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  @Test func `in an error is shortened to sixty characters`() {
    let long = #"{"id":""# + String(repeating: "é", count: 5000) + "\"}"
    let start = String(repeating: "é", count: 59)
    let expected = "found a text of 5000 characters (\"" + start + "…)"
    #expect {
      try Line(long)
    } throws: { error in
      (error as? JSONError)?.problem.hasPrefix(expected) == true
    }
  }
}

struct `A nested value` {
  @Test func `may be 64 levels deep and no deeper`() {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: depth)
        + Array(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(64)) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(65)) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000)) }
  }

  @Test func `is named by its path in an error`() {
    let text = #"{"a":[{"b":1},{"c":[true,{"odd key":[0,1,x]}]}]}"#
    #expect {
      try JSONValue(parsing: Array(text.utf8))
    } throws: { error in
      (error as? JSONError)?.path == #"$.a[1].c[1]["odd key"][2]"#
    }
  }
}
