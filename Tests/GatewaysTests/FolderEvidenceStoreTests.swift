// Evidence in a folder: written once, found at every age, and never returned damaged.

import Cryptography
import EventSourcing
import Foundation
import Gateways
import Testing

struct `Evidence in a folder` {
  let folder = TemporaryFolder()

  @Test func `is kept under its SHA-256, once`() throws {
    let store = try FolderEvidenceStore(folder: folder.path)
    let bytes = Array("a photo".utf8)
    let key = try store.put(bytes)
    #expect(key == SHA256.hash(bytes))
    #expect(try store.put(bytes) == key)
    #expect(try store.get(key) == bytes)
    #expect(try FolderEvidenceStore.counts(in: folder.path).map(\.count) == [1, 0, 0])
  }

  @Test func `is not returned where it is damaged`() throws {
    let store = try FolderEvidenceStore(folder: folder.path)
    let key = try store.put(Array("a photo".utf8))
    let path = "\(folder.path)/\(key)"
    try FileManager.default.removeItem(atPath: path)
    try Data("another".utf8).write(to: URL(filePath: path))
    #expect { try store.get(key) } throws: { ($0 as? DamagedEvidence)?.path == path }
  }

  /// Rule book, Evidence: the infrequent tier after 30 days, the archive after 180.
  @Test func `is found in the tier of its age`() throws {
    let store = try FolderEvidenceStore(folder: folder.path)
    let bytes = Array("a photo".utf8)
    let key = try store.put(bytes)
    let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
    func move(afterDays days: Int) throws -> [Int] {
      let seconds = days * 86_400 + 60
      try store.moveOn(at: Timestamp(microseconds: now + Int64(seconds) * 1_000_000))
      #expect(try store.get(key) == bytes)
      #expect(try store.beginning(of: key, byteCount: 3) == Array("a p".utf8))
      #expect(try store.put(bytes) == key)
      return try FolderEvidenceStore.counts(in: folder.path).map(\.count)
    }
    #expect(try move(afterDays: 29) == [1, 0, 0])
    #expect(try move(afterDays: 30) == [0, 1, 0])
    #expect(try move(afterDays: 179) == [0, 1, 0])
    #expect(try move(afterDays: 180) == [0, 0, 1])
    // Never back.
    #expect(try move(afterDays: 0) == [0, 0, 1])
    #expect(try store.get(SHA256.hash([])) == nil)
  }
}
