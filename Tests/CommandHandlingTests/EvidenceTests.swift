// Evidence on a disk that does not give it.

import CommandHandling
import Foundation
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
    #expect(fault.path == "$.data.evidenceKey" && fault.problem.contains("cannot be read"))
    // Everybody else goes on.
    let rest = #"{"caseId":"k1","owner":"kim"}"#
    #expect(try await redress.submit("more", "AssignCase", rest).isAccepted)
    redress.stop()
  }
}
