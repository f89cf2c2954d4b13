// What a story is about: everything on a disk that fails, or many refunds on their way to a
// provider that delays, duplicates, reorders, declines and loses answers, while the service dies at
// each step.
//
// A sabotaged plot has a fault in it that people make in earnest. It is there to show that the
// checks find it.

internal import EventSourcing
internal import Events
internal import Gateways
internal import SeededRandom

package enum Plot: Sendable, Equatable {
  case everything
  case payments
  case sabotaged(Sabotage)

  package enum Sabotage: Sendable, CaseIterable {
    /// What was not answered is asked for again at once, under a new idempotency key.
    case newKeyOnRetry
    /// No answer is taken for a refusal.
    case silenceIsRefusal
    /// Who looks a payment up is told that it never arrived, and it still does.
    case booksForget
  }

  package var stepCount: Int { self == .everything ? 600 : 200 }

  func gateway(_ provider: SimulatedProvider) -> any PaymentGateway {
    guard case .sabotaged(let sabotage) = self else { return provider }
    return SabotagedGateway(provider: provider, sabotage: sabotage)
  }
}

private struct SabotagedGateway: PaymentGateway {
  let provider: SimulatedProvider
  let sabotage: Plot.Sabotage

  func pay(_ instruction: PaymentInstruction) async -> PaymentAnswer {
    let answer = await provider.pay(instruction)
    guard case .unknown(let reason) = answer else { return answer }
    switch sabotage {
    case .newKeyOnRetry:
      var again = instruction
      again.idempotencyKey += "-again"
      return await provider.pay(again)
    case .silenceIsRefusal: return .declined(reason: reason)
    case .booksForget: return answer
    }
  }

  func lookUp(_ instruction: PaymentInstruction) async -> PaymentRecord {
    sabotage == .booksForget ? .neverReceived : await provider.lookUp(instruction)
  }
}

extension World {
  private static let stage: [(type: String, data: String)] = [
    (
      "RegisterTenant",
      #"{"name":"A","currency":"GBP","timeZone":"Europe/London","agentApprovalLimit":9000}"#
    ),
    ("AddAgent", #"{"agentId":"ada","role":"admin"}"#),
    ("AddAgent", #"{"agentId":"agent1","role":"agent"}"#),
    ("AddAgent", #"{"agentId":"agent2","role":"agent"}"#),
    ("RecordOrder", order("o1", captured: [700, 530])),
    ("RecordOrder", order("o2", captured: [1_230])),
    (
      "OpenCase",
      #"{"caseId":"k1","customerId":"cus1","orderId":"o1","title":"B","type":"product"}"#
    ),
    (
      "OpenCase",
      #"{"caseId":"k2","customerId":"cus1","orderId":"o2","title":"B","type":"product"}"#
    ),
  ]

  private static func order(_ id: String, captured: [Int]) -> String {
    let at = #""2026-01-05T09:30:00Z""#
    let payments = captured.enumerated().map {
      #"{"paymentId":"\#(id)-p\#($0.offset)","amount":\#($0.element),"capturedAt":\#(at)}"#
    }
    return #"""
      {"orderId":"\#(id)","customerId":"cus1","source":"api","currency":"GBP","placedAt":\#(at),
      "deliveredAt":"2026-01-10T12:00:00Z","shipping":31,"lines":[
      {"lineId":"1","title":"Lantern","quantity":4,"unitPrice":200,"discount":2,"tax":101},
      {"lineId":"2","title":"Holder","quantity":3,"unitPrice":100}],
      "payments":[\#(payments.joined(separator: ","))]}
      """#
  }

  /// Two orders, and an open case about each, before anything goes wrong.
  func setTheStage() throws {
    try start(isFriendly: true)
    guard let process else { throw Violation("the stage cannot be set") }
    for (type, data) in Self.stage {
      let command = try workload.plain(type, data)
      unanswered.append(Unanswered(command: command, life: life))
      send(command, to: process)
      while !unanswered.isEmpty { process.write() }
    }
    if let violation { throw violation }
    try follow(process, limit: .max)
  }

  func livePayments(_ process: ServiceProcess) throws {
    let done = workNumber
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<12: try sendSomething(process)
    case 12..<18: try hearNews(process)
    case 18..<45: process.write()
    case 45..<60: try follow(process, limit: Int.random(in: 1...10, using: &random))
    case 60..<78: work(process)
    case 78..<93: provider.step()
    case 93..<97: process.wake()
    default: try kill()
    }
    // Each seed also dies right after one step of its own, so that all steps have their turn.
    if self.process != nil, done < workNumber, workNumber == 1 + Int(seed % 60) { try kill() }
  }

  private func kill() throws {
    say("killed after \(workNumber) pieces of work")
    try end(isPowerLost: Bool.random(using: &random))
  }

  /// A person says what became of a payment, truly or not; only the provider's own answers count.
  private func hearNews(_ process: ServiceProcess) throws {
    let instruction: PaymentInstruction
    let type: String
    let outcome: String
    switch provider.news() {
    case .paid(let paid, _) where random.oneIn(2):
      (instruction, type) = (paid, "RecordRefundFailed")
      outcome = #""code":"not_received","reason":"nobody saw it""#
    case .paid(let paid, let reference):
      (instruction, type) = (paid, "RecordRefundExecuted")
      outcome = #""settlementReference":"\#(reference)""#
    case .declined(let declined):
      (instruction, type) = (declined, "RecordRefundFailed")
      outcome = #""code":"declined","reason":"declined""#
    case .accepted(let pending, _):
      (instruction, type) = (pending, "RecordRefundReturned")
      outcome = #""reason":"it came back""#
    case .void, nil: return
    }
    guard let attempt = instruction.idempotencyKey.split(separator: ".").last.flatMap({ Int($0) })
    else { return }
    let command = try workload.plain(
      type,
      #"""
      {"refundId":"\#(instruction.refundID)","paymentId":"\#(instruction.paymentID)",\#
      "attempt":\#(attempt),\#(outcome)}
      """#)
    summary.commandCount += 1
    unanswered.append(Unanswered(command: command, life: life))
    send(command, to: process)
  }
}
