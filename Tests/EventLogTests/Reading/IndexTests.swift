import EventSourcing
import Foundation
import Testing

@testable import EventLog

/// Lookups answer the same when index.sqlite was deleted, damaged or exchanged.
@Suite struct IndexTests {
  private let tenants = ["acme", "zeta"]
  private let streams = (0..<5).map { "refund/\($0)" }

  /// Every answer that the index can give about the sample.
  private func answers(_ log: EventLog) throws -> [String] {
    var answers: [String] = []
    for tenant in tenants.map({ TenantID(unchecked: $0) }) {
      for stream in streams {
        let positions = try log.positions(of: StreamName(stream), in: tenant)
        answers.append("\(tenant) \(stream) \(positions)")
        try log.readStream(StreamName(stream), in: tenant) { revision, position, line in
          answers.append("\(revision) \(position) \(String(decoding: line, as: UTF8.self))")
        }
      }
      for index in 0..<40 {
        let outcome = try log.outcome(of: CommandID(unchecked: "c\(index)"), in: tenant)
        answers.append("\(String(describing: outcome))")
      }
    }
    return answers
  }

  private func fill(_ folder: TemporaryFolder, commits: Range<Int>) throws {
    let (log, _) = try folder.open()
    for index in commits {
      let tenant = tenants[index % 2]
      let first = Int(log.nextPosition(of: TenantID(unchecked: tenant)).value)
      try log.appendAndWait([
        .make(tenant, at: first, "c\(index)", [streams[index % 5], streams[index * 7 % 5]])
      ])
    }
    log.close()
  }

  private func reopened(
    _ folder: TemporaryFolder, expecting expected: [String],
    _ comment: Comment
  ) throws -> RecoveryReport.Index {
    let (log, report) = try folder.open()
    #expect(try answers(log) == expected, comment)
    log.close()
    let (again, second) = try folder.open()
    #expect(try answers(again) == expected, comment)
    #expect(second.index == .upToDate, comment)
    again.close()
    return report.index
  }

  @Test func `deleted, behind, ahead, garbage or foreign: the answers are the same`() throws {
    let folder = TemporaryFolder()
    try fill(folder, commits: 0..<20)
    let behind = folder.bytes(of: "index.sqlite")
    try fill(folder, commits: 20..<30)
    let good = folder.bytes(of: "index.sqlite")
    let whole = try folder.copy()
    try fill(folder, commits: 30..<33)
    let ahead = folder.bytes(of: "index.sqlite")
    let (log, _) = try whole.open()
    let expected = try answers(log)
    log.close()
    let foreign = TemporaryFolder()
    try fill(foreign, commits: 1..<21)

    func check(_ index: [UInt8]?, _ comment: Comment) throws -> RecoveryReport.Index {
      whole.removeIndex()
      if let index { try whole.write(index, to: "index.sqlite") }
      return try reopened(whole, expecting: expected, comment)
    }
    #expect(try check(good, "good") == .upToDate)
    #expect(try check(behind, "behind") == .caughtUp(commits: 10))
    #expect(try check(nil, "deleted") == .caughtUp(commits: 30))
    var others: [(Comment, [UInt8])] = [
      ("ahead", ahead), ("foreign", foreign.bytes(of: "index.sqlite")),
      ("garbage", (0..<20_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }),
      ("text", Array("this was a database once".utf8)),
      ("half", Array(good[..<(good.count / 2)])),
    ]
    var zeroed = good
    for offset in 100..<4096 { zeroed[offset] = 0 }
    others.append(("zeroed schema", zeroed))
    for (comment, index) in others {
      guard case .rebuilt = try check(index, comment) else {
        Issue.record("not rebuilt: \(comment)")
        continue
      }
    }
  }

  @Test func `a commit can be looked up as soon as it is answered`() throws {
    let folder = TemporaryFolder()
    let (log, _) = try folder.open()
    let acme = TenantID(unchecked: "acme")
    for index in 0..<300 {
      try log.appendAndWait([.make("acme", at: index, "c\(index)", ["refund/\(index % 7)"])])
      let positions = try log.positions(of: StreamName("refund/\(index % 7)"), in: acme)
      #expect(
        positions.map(\.value)
          == stride(from: UInt64(index % 7), through: UInt64(index), by: 7).map { $0 })
      #expect(
        try log.outcome(of: CommandID(unchecked: "c\(index)"), in: acme)?.firstPosition.value
          == UInt64(index))
      var last = ""
      try log.readEvents(of: acme, at: [Position(UInt64(index))]) { _, line in
        last = String(decoding: line, as: UTF8.self)
      }
      #expect(last == line("refund/\(index % 7)", "c\(index)"))
    }
    var count = 0
    try log.readEvents(of: acme, in: Position(290)..<Position(1000)) { position, _ in
      #expect(position.value == UInt64(290 + count))
      count += 1
    }
    #expect(count == 10)
    #expect(throws: LogError.noSuchPosition(tenant: acme, position: Position(300))) {
      try log.readEvents(of: acme, at: [Position(300)]) { _, _ in }
    }
    log.close()
    #expect(throws: LogError.stopped) { try log.positions(of: StreamName("refund/1"), in: acme) }
  }

  @Test func `a line that cannot be described is named`() throws {
    struct Unknown: Error {}
    let folder = TemporaryFolder()
    try fill(folder, commits: 0..<3)
    folder.removeIndex()
    let error = #expect(throws: LogError.self) {
      _ = try EventLog.open(
        folder: folder.log, describe: { _ in throw Unknown() }, onFailure: { _ in })
    }
    guard case .undescribable("00000000000000000000.zst", 0, .first, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
