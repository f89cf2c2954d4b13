// Every input of the fuzzer's corpus is read again in every test run; so is every input that once
// made a reader crash.

import Foundation
import Fuzzing
import Testing

@Suite struct CorpusTests {
  private static let corpus = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzz/corpus")

  @Test(arguments: FuzzTarget.allCases)
  func `what the fuzzer kept is read without a crash`(target: FuzzTarget) throws {
    let folder = CorpusTests.corpus.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.count >= 5)
    for file in files.sorted() {
      let bytes = try [UInt8](Data(contentsOf: folder.appending(path: file)))
      target.run(bytes)
      // Cut short and with a byte changed, too.
      for index in stride(from: 0, to: bytes.count, by: 13) {
        var changed = bytes
        changed[index] ^= 0x11
        target.run(changed)
        target.run(Array(bytes[..<index]))
      }
    }
  }
}
