// A history that the real domain decided: lives of orders in many shops side by side, each with a
// case, refunds that are asked for and denied, and the small changes of every day. The same seed
// gives the same commands.

import CommandHandling
import EventLog
import EventSourcing
import Events
import Gateways
import Node
import PersonalData
import ProcessManagers
import Projections
import SeededRandom
import Threading

struct ShopHistory {
  /// The commands of one life in order; each needs the ones before it.
  private static let story: [Step] = {
    var story: [Step] = [.customer, .order, .openCase]
    for round in 0..<3 {
      story += [
        .deliver(day: 6 + round), .status("investigating"), .request(round), .details(round),
        .status("awaiting_customer"), .deny(round),
      ]
    }
    return story + [.status("investigating"), .deliver(day: 9), .details(3)]
  }()

  private enum Step {
    case customer, order, openCase
    case deliver(day: Int)
    case status(String)
    case details(Int)
    case request(Int)
    case deny(Int)
  }

  /// Events of one whole life.
  static let lifeEventCount = 32
  private let tenantCount: Int
  private let lifeCount: Int
  /// The lives that go on at the same time, and how far each has come.
  private var open: [(life: Int, next: Int)] = []
  private var begun = 0
  private var registered = 0
  private var random = SplitMix64(seed: 1)

  init(eventCount: Int, tenantCount: Int, openLifeCount: Int) {
    self.tenantCount = tenantCount
    lifeCount = max(1, eventCount / ShopHistory.lifeEventCount)
    while open.count < min(openLifeCount, lifeCount) { begin() }
  }

  private mutating func begin() {
    open.append((begun, 0))
    begun += 1
  }

  /// - Returns: `nil` when everything has happened.
  mutating func next() -> SubmittedCommand? {
    if registered < tenantCount {
      registered += 1
      return Self.command(
        "register", "shop-\(registered - 1)", "RegisterTenant",
        #"{"name":"A","currency":"GBP","timeZone":"Europe/London"}"#)
    }
    guard !open.isEmpty else { return nil }
    let place = Int(random.next() % UInt64(open.count))
    let (life, step) = open[place]
    open[place].next += 1
    if open[place].next == Self.story.count {
      open.swapAt(place, open.count - 1)
      open.removeLast()
      if begun < lifeCount { begin() }
    }
    return command(of: life, step)
  }

  private func command(of life: Int, _ step: Int) -> SubmittedCommand {
    let (type, data) =
      switch Self.story[step] {
      case .customer:
        ("RegisterCustomer", #"{"customerId":"cus_\#(life)","email":"\#(life)@example.com"}"#)
      case .order:
        (
          "RecordOrder",
          #"{"orderId":"ord_\#(life)","customerId":"cus_\#(life)","source":"api","currency":"GBP","#
            + #""placedAt":"2026-01-05T09:30:00Z","lines":[{"lineId":"1","sku":"85123A","#
            + #""title":"White hanging heart T-light holder","quantity":4,"unitPrice":339},"#
            + #"{"lineId":"2","title":"Lantern","quantity":2,"unitPrice":1295}],"#
            + #""payments":[{"paymentId":"pay_\#(life)","amount":3946,"#
            + #""capturedAt":"2026-01-05T09:30:00Z"}]}"#
        )
      case .openCase:
        (
          "OpenCase",
          #"{"caseId":"sca_\#(life)","customerId":"cus_\#(life)","orderId":"ord_\#(life)","#
            + #""title":"Two holders arrived broken","type":"product"}"#
        )
      case .deliver(let day):
        (
          "RecordDelivery",
          #"{"orderId":"ord_\#(life)","deliveredAt":"2026-01-0\#(day)T12:00:00Z"}"#
        )
      case .status(let status):
        ("ChangeCaseStatus", #"{"caseId":"sca_\#(life)","status":"\#(status)"}"#)
      case .details(let round):
        (
          "ChangeCustomerDetails",
          #"{"customerId":"cus_\#(life)","email":"\#(life)@\#(round).example.com"}"#
        )
      case .request(let round):
        (
          "RequestRefund",
          #"{"refundId":"srf_\#(life)-\#(round)","caseId":"sca_\#(life)","orderId":"ord_\#(life)","#
            + #""items":[{"lineId":"1","quantity":1}],"reason":"damaged_in_transit"}"#
        )
      case .deny(let round):
        (
          "DenyRefund",
          #"{"refundId":"srf_\#(life)-\#(round)","reason":"The goods arrived as they left."}"#
        )
      }
    return Self.command(
      Self.id(life, step), "shop-\(life % tenantCount)", type, data)
  }

  /// Ids as callers make them: nothing tells which came first.
  private static func id(_ life: Int, _ step: Int) -> String {
    var random = SplitMix64(seed: UInt64(life * 64 + step))
    return String(random.next(), radix: 16) + "-" + String(random.next(), radix: 16)
  }

  private static func command(
    _ id: String, _ tenant: String, _ type: String, _ data: String
  ) -> SubmittedCommand {
    let json = #"{"id":"\#(id)","tenant":"\#(tenant)","type":"\#(type)","data":\#(data)}"#
    do { return try SubmittedCommand(json: Array(json.utf8)) } catch { fatalError("\(error)") }
  }
}

extension ShopHistory {
  /// Chooses among the streams of a history of this size.
  static func streams(
    eventCount: Int, tenantCount: Int
  ) -> (inout SplitMix64) -> (TenantID, StreamName) {
    let lifeCount = UInt64(max(1, eventCount / lifeEventCount))
    return { random in
      let life = Int(random.next() % lifeCount)
      let names = ["cus", "ord", "sca", "srf"].map { "\($0)_\(life)" }
      let kinds = ["customer", "order", "case", "refund"]
      let kind = Int(random.next() % 4)
      let name = kind == 3 ? names[3] + "-\(random.next() % 3)" : names[kind]
      return (TenantID("shop-\(life % tenantCount)")!, StreamName("\(kinds[kind])/\(name)"))
    }
  }
}

/// Safe: the clock is read by the thread that sets it; refusals are counted by the log's thread and
/// read after the log was closed.
private final class Progress: @unchecked Sendable {
  var time = Timestamp("2026-01-10T10:00:00Z")!
  var refused = 0
}

extension ShopHistory {
  /// Decides the whole history into a log and closes it.
  ///
  /// - Parameter vault: makes its keys durable before the log writes.
  /// - Returns: how many commands were not accepted.
  static func write(_ history: ShopHistory, to log: EventLog, vault: PersonalVault) -> Int {
    var history = history
    let progress = Progress()
    let surroundings = WriteSide.Surroundings(
      vault: vault, work: NoRefunds(), gateway: SimulatedPaymentGateway(crash: {}),
      clock: { progress.time }, aggregatesInMemory: 400_000, onFatal: { fatalError("\($0)") })
    let sequencer = WriteSide(of: log, in: surroundings, on: schedule).sequencer
    while let command = history.next() {
      progress.time.microseconds += 100_000
      let submission = Submission(
        command: command, contentHash: command.contentHash, peerUID: 1000)
      sequencer.submit(submission) { answer in
        if case .accepted = answer.outcome { return }
        if progress.refused == 0 { print(answer.outcome) }
        progress.refused += 1
      }
    }
    // Without `sequencer.stop()`, so that the index has only the states of aggregates that left
    // memory.
    log.close()
    return progress.refused
  }

  /// Decides a command while it is submitted, at the time that the clock then shows; the log takes
  /// no more commits than its queue has room for.
  private static var schedule: WriteSide.Schedule {
    WriteSide.Schedule(
      decisions: SerialQueue { $0() }, keys: SerialQueue { $0() },
      erasures: SerialQueue { $0() }, payments: { _ in })
  }
}

/// The history approves no refund, so there is none to pay.
private struct NoRefunds: RefundWork {
  func changed(after cursor: inout DueWork.Cursor, limit: Int) -> [RefundToExecute] { [] }

  func current(_ id: RefundID, of tenant: TenantID) -> RefundToExecute? { nil }
}
