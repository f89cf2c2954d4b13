import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// Frames are read while others are being written behind them.
@Suite struct FrameStoreTests {
  @Test func `a frame of which half was seen before is read once it is whole`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    for index in 0..<2 {
      try log.appendAndWait([.make("acme", at: index, "c\(index)", ["refund/\(index)"])])
    }
    let directory = log.directory
    let first = try #require(try directory.place(of: Ordinal(0)))
    let second = try #require(try directory.place(of: Ordinal(1)))
    log.close()
    let name = "00000000000000000000.zst"
    let whole = folder.bytes(of: name)
    for length in [second.offset + 1, second.offset + 50, second.offset + 100, whole.count - 1] {
      let file = try FileHandle(forUpdating: URL(filePath: folder.log + "/" + name))
      try file.truncate(atOffset: UInt64(length))
      let store = FrameStore(folder: folder.log, fileSystem: RealFileSystem())
      #expect(try store.frame(at: first) != nil)
      try file.seekToEnd()
      try file.write(contentsOf: Data(whole[length...]))
      #expect(try store.frame(at: second) != nil, "\(length)")
    }
  }
}
