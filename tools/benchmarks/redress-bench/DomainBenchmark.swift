// The rule book alone, in memory and on one core: how long each command of a refund's life takes to
// decide, and how many events that are decoded already are folded in a second.

import Domain
import EventSourcing
import Events

/// `domain lives= events=`
func benchmarkDomain(_ options: inout Options) throws {
  var shop = try Shop()
  for number in 1...options.number("lives") { try shop.live(number) }
  let events = shop.events
  let target = options.number("events")
  var folded = 0
  let start = processorSeconds()
  while folded < target {
    var replay = Aggregates()
    for event in events { try replay.evolve(event) }
    folded += events.count
  }
  let time = processorSeconds() - start
  let decisions = shop.decisions.sorted { $0.key < $1.key }.map {
    #""\#($0.key)":{\#($0.value.json())}"#
  }
  print(
    #"{"distinctEvents":\#(events.count),"events":\#(folded),"seconds":\#(time),"#
      + #""eventsPerSecond":\#(Double(folded) / time),"#
      + #""milliseconds":{\#(decisions.joined(separator: ","))}}"#)
}

/// The aggregates of one tenant.
private struct Aggregates {
  var tenant = Tenant()
  var orders: [OrderID: Order] = [:]
  var cases: [CaseID: SupportCase] = [:]
  var refunds: [RefundID: Refund] = [:]

  mutating func evolve(_ event: Event) throws(InconsistentHistory) {
    switch event.subject {
    case .tenant: try tenant.evolve(event)
    case .order(let id): try orders[id, default: Order()].evolve(event)
    case .supportCase(let id): try cases[id, default: SupportCase()].evolve(event)
    case .refund(let id): try refunds[id, default: Refund()].evolve(event)
    default: throw InconsistentHistory("an event that no life of a refund has")
    }
  }
}

/// A shop in which refunds live, one after another.
private struct Shop {
  private(set) var aggregates = Aggregates()
  private(set) var events: [Event] = []
  private(set) var decisions: [String: Latencies] = [:]

  init() throws {
    try submit(
      "RegisterTenant", #"{"name":"A","currency":"GBP","timeZone":"Europe/London"}"#)
    try submit("AddAgent", #"{"agentId":"ada","role":"admin"}"#)
  }

  private static let at = #""2026-01-05T09:30:00Z""#

  /// One order and one refund of it; in turns it is paid, is amended first, fails once, or is
  /// settled by the provider's books.
  mutating func live(_ number: Int) throws {
    let (order, refund, supportCase) = ("o\(number)", "r\(number)", "k\(number)")
    let lines = (1...3).map {
      #"{"lineId":"\#($0)","title":"Lantern","quantity":4,"unitPrice":339,"discount":7,"tax":271}"#
    }
    try submit(
      "RecordOrder",
      #"""
      {"orderId":"\#(order)","customerId":"c1","source":"api","currency":"GBP","placedAt":\#(Self.at),
      "deliveredAt":\#(Self.at),"shipping":399,"lines":[\#(lines.joined(separator: ","))],
      "payments":[{"paymentId":"p1","amount":2000,"capturedAt":\#(Self.at)},
      {"paymentId":"p2","amount":3259,"capturedAt":\#(Self.at)}],
      "marketplace":{"platformFee":500,"platformFeeTax":100}}
      """#)
    try submit(
      "OpenCase",
      #"{"caseId":"\#(supportCase)","customerId":"c1","orderId":"\#(order)","title":"B","type":"product"}"#
    )
    try submit("AssignCase", #"{"caseId":"\#(supportCase)","owner":"ada"}"#)
    try submit(
      "RequestRefund",
      #"""
      {"refundId":"\#(refund)","caseId":"\#(supportCase)","orderId":"\#(order)","reason":"broken",
      "items":[{"refundItemId":"i1","lineId":"1","quantity":3},
      {"refundItemId":"i2","lineId":"3","quantity":1}],"restockingFeeBasisPoints":1250}
      """#)
    let named = #"{"refundId":"\#(refund)""#
    if number % 4 == 1 {
      try submit("ApproveRefund", named + "}")
      try submit(
        "AmendRefund",
        named + #","items":[{"refundItemId":"i1","lineId":"1","quantity":2}]}"#)
    }
    try submit("ApproveRefund", named + #","approvedAmount":600}"#)
    try submit("ExecuteRefund", named + "}")
    let paid = #""settlementReference":"sim_3f2a"}"#
    switch number % 4 {
    case 2:
      try submit(
        "RecordRefundFailed", named + #","attempt":1,"code":"declined","reason":"closed"}"#)
      try submit("ExecuteRefund", named + "}")
      try submit("RecordRefundExecuted", named + #","attempt":2,"# + paid)
    case 3:
      try submit("RecordRefundOutcomeUnknown", named + #","attempt":1,"reason":"no answer"}"#)
      try submit("ReconcileRefund", named + #","attempt":1,"outcome":"executed","# + paid)
    default: try submit("RecordRefundExecuted", named + #","attempt":1,"# + paid)
    }
    try submit("ResolveCase", #"{"caseId":"\#(supportCase)","resolution":"refunded"}"#)
    try submit("CloseCase", #"{"caseId":"\#(supportCase)"}"#)
  }

  /// The provider answers to the service itself; until she was added, Ada does not work here.
  private func actor(of type: String) -> Actor {
    if type.hasPrefix("RecordRefund") || type == "ReconcileRefund" {
      return Actor(.system, "refund-execution")
    }
    return aggregates.tenant.agents.isEmpty ? Actor(.service, "shop") : Actor(.agent, "ada")
  }

  private mutating func submit(_ type: String, _ data: String) throws {
    let json = #"{"id":"c","tenant":"bench","type":"\#(type)","data":\#(data)}"#
    let command = try SubmittedCommand(json: Array(json.utf8)).command
    let facts = Facts(
      tenantID: TenantID(unchecked: "bench"), tenant: aggregates.tenant,
      actor: actor(of: type),
      now: Timestamp("2026-01-12T10:00:00Z")!,
      dateOf: { CalendarDate(daysSince1970: Int($0.microseconds / 86_400_000_000)) },
      utcOffset: { _, _ in 0 })
    let (decision, time) = try aggregates.decide(command, facts)
    decisions[type, default: Latencies()].add(time)
    guard case .events(let decided) = decision else { fail("\(type) changed nothing") }
    for event in decided { try aggregates.evolve(event) }
    events += decided
  }
}

extension Aggregates {
  /// - Returns: what was decided, and in how many seconds. The aggregates are at hand, as in the
  ///   service.
  fileprivate func decide(_ command: Command, _ facts: Facts) throws -> (Decision, Double) {
    func timed(_ decide: () throws -> Decision) throws -> (Decision, Double) {
      let start = seconds()
      try checkTenant(command, facts: facts)
      try authorize(command, facts: facts)
      let decision = try decide()
      return (decision, seconds() - start)
    }
    func about(_ id: RefundID?) -> (refund: Refund, order: Order) {
      let refund = id.flatMap { refunds[$0] } ?? Refund()
      return (refund, refund.orderID.flatMap { orders[$0] } ?? Order())
    }
    func supportCase(_ id: CaseID?) -> SupportCase { id.flatMap { cases[$0] } ?? SupportCase() }
    switch command {
    case .registerTenant(let it):
      return try timed { try Tenant.decide(it, tenant: tenant, facts: facts) }
    case .addAgent(let it):
      return try timed { try Tenant.decide(it, tenant: tenant, facts: facts) }
    case .recordOrder(let it):
      let order = orders[it.orderID] ?? Order()
      return try timed { try Order.decide(it, order: order, facts: facts) }
    case .openCase(let it):
      let (known, order) = (supportCase(it.caseID), it.orderID.flatMap { orders[$0] })
      return try timed { try SupportCase.decide(it, case: known, order: order, facts: facts) }
    case .assignCase(let it):
      let known = supportCase(it.caseID)
      return try timed { try SupportCase.decide(it, case: known, facts: facts) }
    case .resolveCase(let it):
      let known = supportCase(it.caseID)
      let refunds = known.refundIDs.map { about($0).refund }
      return try timed {
        try SupportCase.decide(
          it, case: known, refunds: refunds, returns: [],
          order: known.orderID.flatMap { orders[$0] },
          facts: facts)
      }
    case .closeCase(let it):
      let known = supportCase(it.caseID)
      return try timed { try SupportCase.decide(it, case: known, facts: facts) }
    case .requestRefund(let it):
      let (known, order) = (supportCase(it.caseID), orders[it.orderID] ?? Order())
      return try timed {
        try Refund.decide(
          it, refund: Refund(), case: known, order: order, return: nil, facts: facts)
      }
    case .amendRefund(let it):
      let (refund, order) = about(it.refundID)
      let known = supportCase(refund.caseID)
      return try timed {
        try Refund.decide(it, refund: refund, case: known, order: order, facts: facts)
      }
    case .approveRefund(let it):
      let (refund, order) = about(it.refundID)
      let known = supportCase(refund.caseID)
      return try timed {
        try Refund.decide(
          it, refund: refund, case: known, order: order, others: [], return: nil, facts: facts)
      }
    case .executeRefund(let it):
      let (refund, order) = about(it.refundID)
      return try timed {
        try Refund.decide(it, refund: refund, order: order, return: nil, facts: facts)
      }
    case .recordRefundExecuted(let it):
      let (refund, order) = about(it.refundID)
      return try timed { try Refund.decide(it, refund: refund, order: order, facts: facts) }
    case .recordRefundFailed(let it):
      let refund = about(it.refundID).refund
      return try timed { try Refund.decide(it, refund: refund, facts: facts) }
    case .recordRefundOutcomeUnknown(let it):
      let refund = about(it.refundID).refund
      return try timed { try Refund.decide(it, refund: refund, facts: facts) }
    case .reconcileRefund(let it):
      let (refund, order) = about(it.refundID)
      return try timed { try Refund.decide(it, refund: refund, order: order, facts: facts) }
    default: fail("\(command.type) is no part of a refund's life")
    }
  }
}
