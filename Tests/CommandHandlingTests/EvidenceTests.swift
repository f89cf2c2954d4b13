// Evidence: where it lies as it grows older, and a disk that does not give it.

import CommandHandling
import Cryptography
import EventSourcing
import Foundation
import Gateways
import RunningRedress
import Testing

struct `Evidence` {
  @Test func `that a disk does not give is one command's trouble`() async throws {
    let redress = try RunningRedress()
    defer { redress.removeFolder() }
    try await redress.prepare()
    let key = String(repeating: "a", count: 64)
    try FileManager.default.createDirectory(
      atPath: "\(redress.folder)/evidence/\(key)", withIntermediateDirectories: false)
    let answer = try await redress.submit(
      "attach", "AttachEvidence",
      #"{"caseId":"k1","customerId":"robin","evidenceKey":"\#(key)","sha256":"\#(key)","bytes":1,"#
        + #""mime":"image/png"}"#)
    guard case .invalid(let fault) = answer.outcome else {
      Issue.record("expected that it is invalid, got \(answer)")
      return
    }
    #expect(fault.path == "$.data.evidenceKey" && fault.problem.contains("cannot be looked at"))
    // Everybody else goes on.
    let rest = #"{"caseId":"k1","owner":"kim"}"#
    #expect(try await redress.submit("more", "AssignCase", rest).isAccepted)
    redress.stop()
  }

  /// Rule book, Evidence: the infrequent tier after 30 days, the archive after 180.
  @Test func `is found wherever its age has taken it`() async throws {
    let folder = NSTemporaryDirectory() + "redress-evidence-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try FolderEvidenceStore(folder: folder)
    let bytes = Array("a photo".utf8)
    let key = try store.put(bytes)
    let now = Timestamp.now
    func move(afterDays days: Int) throws -> [Int] {
      let seconds = days * 86_400 + 60
      try store.moveOn(at: Timestamp(microseconds: now.microseconds + Int64(seconds) * 1_000_000))
      #expect(try store.get(key) == bytes)
      #expect(try store.beginning(of: key, byteCount: 3) == Array("a p".utf8))
      #expect(try store.put(bytes) == key)
      return try FolderEvidenceStore.counts(in: folder).map(\.count)
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
