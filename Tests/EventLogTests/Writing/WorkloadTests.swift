import EventSourcing
import Foundation
import SeededRandom
import Testing
import Threading

@testable import EventLog

/// Random work, compared with a model that keeps everything in memory.
@Suite struct WorkloadTests {
  private struct Model {
    var commits: [(tenant: String, command: String, streams: [String], text: String)] = []
    var positions: [String: Int] = [:]

    mutating func nextCommit(using generator: inout SplitMix64) -> Commit {
      let tenant = "t\(Int.random(in: 0..<3, using: &generator))"
      let count = Int.random(in: 1...4, using: &generator)
      let streams = (0..<count).map { _ in "s/\(Int.random(in: 0..<20, using: &generator))" }
      let text = String(repeating: "x", count: Int.random(in: 0..<200, using: &generator))
      let command = "c\(commits.count)"
      let position = positions[tenant, default: 0]
      commits.append((tenant, command, streams, text))
      positions[tenant] = position + count
      return .make(tenant, at: position, command, streams, text: text)
    }

    /// What ``contents(of:)`` gives for all commits.
    var contents: [String] {
      var positions: [String: Int] = [:]
      return commits.enumerated().map { index, commit in
        let first = positions[commit.tenant, default: 0]
        positions[commit.tenant] = first + commit.streams.count
        let lines = commit.streams.map { line($0, commit.command, commit.text) + "\n" }.joined()
        return "\(index) \(commit.tenant)@\(first) \(lines)"
      }
    }

    func streamLines(_ stream: String, _ tenant: String) -> [String] {
      commits.filter { $0.tenant == tenant }.flatMap { commit in
        commit.streams.filter { $0 == stream }.map { line($0, commit.command, commit.text) }
      }
    }
  }

  @Test(arguments: 0..<8)
  func `random work, closing and opening in between, agrees with the model`(number: Int) throws {
    let seed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? UInt64(number + 1)
    print("workload seed \(seed)")
    var generator = SplitMix64(seed: seed)
    let folder = TemporaryFolder()
    var model = Model()
    for _ in 0..<6 {
      var configuration = EventLog.Configuration()
      configuration.segmentLineByteCount = Int.random(in: 1..<20_000, using: &generator)
      configuration.frameLineByteCount = Int.random(in: 1..<5_000, using: &generator)
      configuration.queueByteCount = Int.random(in: 1..<10_000, using: &generator)
      configuration.idleDelay = .milliseconds(Int.random(in: 1..<5, using: &generator))
      configuration.indexRunEntryCount = Int.random(in: 1..<100, using: &generator)
      if Bool.random(using: &generator) { folder.removeIndex() }
      let fileSystem = FaultyFileSystem()
      let (log, report) = try folder.open(configuration, fileSystem: fileSystem)
      #expect(report.commits == model.commits.count)
      let answered = Monitor(0)
      let before = model.commits.count
      for _ in 0..<Int.random(in: 1..<30, using: &generator) {
        let batch = (0..<Int.random(in: 1..<10, using: &generator)).map { _ in
          model.nextCommit(using: &generator)
        }
        try log.append(batch) { done in answered.update { $0 += done.count } }
        let pause = Int.random(in: 0..<8, using: &generator)
        if pause < 2 { log.waitForCommits(after: Ordinal(UInt64(model.commits.count - 1))) }
        if pause == 0 { fileSystem.waitForMark() }
      }
      if Bool.random(using: &generator) {
        let expected = model.commits.count - before
        answered.wait(upTo: .seconds(20), until: { $0 == expected }, then: { _ in })
        try compare(log, with: model, using: &generator)
      }
      log.close()
      #expect(answered.withLock { $0 } == model.commits.count - before)
      #expect(try contents(of: folder.log) == model.contents)
    }
    let (log, _) = try folder.open()
    try compare(log, with: model, using: &generator)
    log.close()
  }

  private func compare(
    _ log: EventLog, with model: Model, using generator: inout SplitMix64
  ) throws {
    for _ in 0..<10 {
      let tenant = "t\(Int.random(in: 0..<3, using: &generator))"
      let stream = "s/\(Int.random(in: 0..<20, using: &generator))"
      var lines: [String] = []
      try log.readStream(StreamName(stream), in: TenantID(unchecked: tenant)) { _, _, line in
        lines.append(String(decoding: line, as: UTF8.self))
      }
      #expect(lines == model.streamLines(stream, tenant))
    }
  }
}
