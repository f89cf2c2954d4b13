import JSON
import Testing

struct `JSON values` {
  @Test func `a value is written as it was read`() throws {
    let text = #"{"a":[1,-2,0.5,1e9,true,null],"b":"\"\\\b\t\n\f\r\u0001/é"}"#
    #expect(String(decoding: try JSONValue(parsing: Array(text.utf8)).json, as: UTF8.self) == text)
  }
}
