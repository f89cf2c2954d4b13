// A disk that refuses personal keys refuses the commands that need them, and no others; once it
// takes them again, the same commands are decided.

import CommandHandling
import Domain
import EventLog
import EventSourcing
import Events
import Foundation
import PersonalData
import SQLite
import Synchronization
import Testing
import Threading

struct `Keys that cannot be kept` {
  private let redress: SequencerOnFailingKeys

  init() throws { redress = try SequencerOnFailingKeys() }

  private static let tenant =
    #"{"id":"t","tenant":"acme","type":"RegisterTenant","#
    + #""data":{"name":"Acme","currency":"EUR","timeZone":"UTC"}}"#

  private static func customer(_ name: String) -> String {
    #"{"id":"reg-\#(name)","tenant":"acme","type":"RegisterCustomer","#
      + #""data":{"customerId":"\#(name)","email":"\#(name)@example.com"}}"#
  }

  private static func agent(_ name: String) -> String {
    #"{"id":"add-\#(name)","tenant":"acme","type":"AddAgent","#
      + #""data":{"agentId":"\#(name)","role":"agent"}}"#
  }

  @Test(.timeLimit(.minutes(1)))
  func `refuse that one command, also among others that were sent with it`() throws {
    defer { redress.close() }
    #expect(try redress.submit([Self.tenant, Self.customer("ann")]) == ["accepted", "accepted"])
    redress.keys.isFull.store(true, ordering: .relaxed)
    let end = redress.log.durableEnd
    let batch = [
      Self.agent("kim"), Self.customer("bob"), Self.agent("lee"), Self.customer("cleo"),
      Self.agent("kim"),
      #"{"id":"change","tenant":"acme","type":"ChangeCustomerDetails","#
        + #""data":{"customerId":"ann","email":"other@example.com"}}"#,
    ]
    #expect(
      try redress.submit(batch)
        == ["accepted", "failing", "accepted", "failing", "replayed", "accepted"])
    #expect(try redress.submit([Self.customer("bob")]) == ["failing"])
    #expect(redress.log.durableEnd.value == end.value + 3)
    #expect(redress.refusals.withLock { $0 } == 1, "the part that tries again heard once")

    redress.keys.isFull.store(false, ordering: .relaxed)
    try redress.vault.makeDurable()
    #expect(
      try redress.submit([Self.customer("bob"), Self.customer("cleo"), Self.agent("lee")])
        == ["accepted", "accepted", "replayed"])
    #expect(redress.log.durableEnd.value == end.value + 5)
  }

  @Test(.timeLimit(.minutes(1)))
  func `take back what was decided meanwhile`() throws {
    defer { redress.close() }
    #expect(try redress.submit([Self.tenant, Self.customer("ann")]) == ["accepted", "accepted"])
    let end = redress.log.durableEnd
    redress.keys.isFull.store(true, ordering: .relaxed)
    redress.keys.halt()
    let first = try redress.begin([Self.customer("bob")])
    redress.keys.waitUntilHalted()
    let meanwhile = try redress.begin([
      Self.agent("kim"), Self.customer("cleo"), Self.agent("lee"), Self.agent("kim"),
    ])
    redress.decisions.finish()
    #expect(meanwhile.withLock { $0.isEmpty }, "nothing is answered before its keys are durable")

    redress.keys.goOn()
    #expect(redress.answers(first, count: 1) == ["failing"])
    #expect(
      redress.answers(meanwhile, count: 4) == ["accepted", "failing", "accepted", "replayed"])
    #expect(redress.log.durableEnd.value == end.value + 2)
  }

  @Test(.timeLimit(.minutes(1)))
  func `are kept while the next commands are decided`() throws {
    defer { redress.close() }
    #expect(try redress.submit([Self.tenant]) == ["accepted"])
    redress.keys.halt()
    let first = try redress.begin([Self.customer("bob")])
    redress.keys.waitUntilHalted()
    let (isBusy, stepCount) = redress.keyProgress
    let meanwhile = try redress.begin([Self.customer("cleo"), Self.agent("kim")])
    redress.decisions.finish()
    #expect(isBusy && redress.keyProgress.stepCount == stepCount, "a watchdog sees the halt")
    #expect(redress.waitingCount == 2)
    redress.keys.goOn()
    #expect(redress.answers(first, count: 1) == ["accepted"])
    #expect(redress.answers(meanwhile, count: 2) == ["accepted", "accepted"])
    #expect(redress.keys.keepCount.load(ordering: .relaxed) == 2, "one for each round")
  }

  @Test(.timeLimit(.minutes(1)))
  func `count the refusals that came with them once`() throws {
    defer { redress.close() }
    #expect(try redress.submit([Self.tenant, Self.agent("kim")]) == ["accepted", "accepted"])
    redress.keys.isFull.store(true, ordering: .relaxed)
    let wrong =
      #"{"id":"wrong","tenant":"acme","type":"OpenCase","data":{"caseId":"c","#
      + #""customerId":"none","title":"T","type":"product","severity":"normal"},"#
      + #""actor":"customer/other"}"#
    #expect(try redress.submit([Self.customer("bob"), wrong]) == ["failing", "rejected"])
    #expect(redress.refusalCount == 1)
  }

  @Test(.timeLimit(.minutes(1)))
  func `that cannot be read refuse a command and end nothing`() throws {
    defer { redress.close() }
    #expect(try redress.submit([Self.tenant, Self.customer("ann")]) == ["accepted", "accepted"])
    redress.keys.isUnreadable.store(true, ordering: .relaxed)
    #expect(
      try redress.submit([Self.customer("bob"), Self.agent("kim")]) == ["failing", "accepted"])
    redress.keys.isUnreadable.store(false, ordering: .relaxed)
    #expect(try redress.submit([Self.customer("bob")]) == ["accepted"])
  }
}

/// A sequencer over a log on the disk and keys whose store fails when a test says so.
private final class SequencerOnFailingKeys {
  let keys = FailingKeys()
  let vault: PersonalVault
  let log: EventLog
  let refusals = Monitor(0)
  let decisions = SerialQueue(name: "test")
  private let sequencer: Sequencer
  private let folder = NSTemporaryDirectory() + "redress-keys-\(UUID().uuidString)"

  init() throws {
    vault = PersonalVault(
      masters: MasterKeys([1: Array(repeating: 7, count: 32)]), store: keys, keysInMemory: 64)
    vault.onRefusal { [refusals] _ in refusals.update { $0 += 1 } }
    (log, _) = try EventLog.open(
      folder: folder,
      describe: { line in
        let header = try EventHeader(line: line)
        return (header.stream, header.commandID)
      }, onFailure: { Issue.record($0) })
    let eraser = Eraser(log: log, vault: vault, stores: [], orders: { _, _ in [] })
    sequencer = Sequencer(
      log: log, vault: vault, eraser: eraser, evidence: nil,
      clock: GuardedClock(unguarded: { .now }), rulesVersion: RuleBook.version,
      aggregatesInMemory: 100, queue: decisions, keys: SerialQueue(name: "keys"),
      onFatal: { Issue.record($0) })
  }

  /// - Returns: what became of each command.
  func submit(_ commands: [String]) throws -> [String] {
    answers(try begin(commands), count: commands.count)
  }

  /// - Returns: by the command's index, what has become of it so far.
  func begin(_ commands: [String]) throws -> Monitor<[Int: String]> {
    let answers = Monitor<[Int: String]>([:])
    let submissions = try commands.enumerated().map {
      index, json -> (Submission, Sequencer.Completion) in
      let command = try SubmittedCommand(json: Array(json.utf8))
      let submission = Submission(
        command: command, contentHash: command.contentHash, peerUID: 1000)
      return (
        submission,
        { answer in
          answers.update { answers in
            if answers[index] != nil { Issue.record("answered twice") }
            answers[index] = answer.isReplay ? "replayed" : "\(answer.outcome)".beginning
          }
        }
      )
    }
    sequencer.submit(submissions)
    return answers
  }

  func answers(_ answers: Monitor<[Int: String]>, count: Int) -> [String] {
    let found = answers.wait(until: { $0.count == count }, then: { $0 })
    return (0..<count).map { found[$0] ?? "" }
  }

  var keyProgress: (isBusy: Bool, stepCount: UInt64) { sequencer.keyProgress }
  var waitingCount: Int { sequencer.waitingCount }
  var refusalCount: Int { sequencer.refusals.counts.values.reduce(0, +) }

  func close() {
    sequencer.stop()
    log.close()
    try? FileManager.default.removeItem(atPath: folder)
  }
}

extension String {
  /// `accepted` of `accepted([…])`.
  fileprivate var beginning: String {
    let name = prefix { $0 != "(" }
    return name == "storageFailing" ? "failing" : String(name)
  }
}

private final class FailingKeys: PersonalKeyStore {
  let isFull = Atomic(false)
  let isUnreadable = Atomic(false)
  let keepCount = Atomic(0)
  private let keys = KeysInMemory()
  private let gate = Monitor((isClosed: false, isReached: false))

  /// Halts the keeping of keys until ``goOn()``.
  func halt() { gate.update { $0 = (true, false) } }

  func waitUntilHalted() { gate.wait(until: \.isReached) }

  func goOn() { gate.update { $0.isClosed = false } }

  func record(of person: Person) throws -> KeyRecord? {
    if isUnreadable.load(ordering: .relaxed) {
      throw SQLiteError(extendedCode: 266, message: "disk I/O error")
    }
    return keys.record(of: person)
  }

  func keep(_ new: [WrappedKey]) throws {
    gate.update { $0.isReached = true }
    gate.wait(until: { !$0.isClosed })
    keepCount.add(1, ordering: .relaxed)
    if isFull.load(ordering: .relaxed) {
      throw SQLiteError(extendedCode: 13, message: "database or disk is full")
    }
    keys.keep(new)
  }

  func erase(_ erasure: KeyErasure) { keys.erase(erasure) }
  func markComplete(_ person: Person) { keys.markComplete(person) }
  func isComplete(_ person: Person) -> Bool { keys.isComplete(person) }
}
