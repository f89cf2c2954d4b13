// JSONTestSuite by Nicolas Seriot: files that every reader must accept (y_), must refuse (n_), or
// may treat as it likes (i_).

import JSON
import OutsideData
import Testing

private let suite = "jsontestsuite/test_parsing"

@Suite(.enabled(if: OutsideData.isDue(suite), "needs \(suite) beside the checkout"))
struct `The JSON test suite` {
  @Test func `is judged right, read as a tree and passed over alike`() throws {
    let names = try OutsideData.names(in: suite).filter { $0.hasSuffix(".json") }
    #expect(names.count > 300)
    for name in names {
      let bytes = try OutsideData.bytes(of: "\(suite)/\(name)")
      let value = Result { try JSONValue(parsing: bytes) }
      let isPassedOver = passesOver(bytes)
      switch name.prefix(2) {
      case "y_": #expect(throws: Never.self, "\(name)") { try value.get() }
      case "n_": #expect(throws: JSONError.self, "\(name)") { try value.get() }
      default: break
      }
      #expect(isPassedOver == ((try? value.get()) != nil), "\(name)")
    }
  }

  @Test func `reads back what was written of each accepted file`() throws {
    for name in try OutsideData.names(in: suite) where name.hasSuffix(".json") {
      let bytes = try OutsideData.bytes(of: "\(suite)/\(name)")
      guard let value = try? JSONValue(parsing: bytes) else { continue }
      #expect(try JSONValue(parsing: value.json) == value, "\(name)")
    }
  }

  private func passesOver(_ bytes: [UInt8]) -> Bool {
    var reader = JSONReader(bytes.span)
    do {
      try reader.skipValue()
      try reader.finish()
      return true
    } catch {
      return false
    }
  }
}
