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
    var replay = Memory()
    for event in events { try replay.fold(event) }
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
private struct Memory: Aggregates {
  var tenant = Tenant()
  var orders: [OrderID: Order] = [:]
  var cases: [CaseID: SupportCase] = [:]
  var refunds: [RefundID: Refund] = [:]

  var privacy: Privacy { Privacy() }
  func customer(_ id: CustomerID) -> Customer { Customer() }
  func order(_ id: OrderID) -> Order { orders[id] ?? Order() }
  func supportCase(_ id: CaseID) -> SupportCase { cases[id] ?? SupportCase() }
  func refund(_ id: RefundID) -> Refund { refunds[id] ?? Refund() }
  func `return`(_ id: ReturnID) -> Return { Return() }
  func hold(_ id: HoldID) -> PayoutHold { PayoutHold() }
  func details(of id: CustomerID) -> Customer.Details {
    customer(id).details.map { _, recorded in recorded.text }
  }
  func keyFingerprint(of id: SubjectID) -> KeyFingerprint? { nil }

  mutating func fold(_ event: Event) throws(InconsistentHistory) {
    switch event.subject {
    case .tenant: try tenant.fold(event)
    case .order(let id): try orders[id, default: Order()].fold(event)
    case .supportCase(let id): try cases[id, default: SupportCase()].fold(event)
    case .refund(let id): try refunds[id, default: Refund()].fold(event)
    case .customer, .privacy, .return, .hold, .system, .command:
      throw InconsistentHistory("an event that no life of a refund has")
    }
  }
}

/// A shop in which refunds live, one after another.
private struct Shop {
  private(set) var aggregates = Memory()
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
      {"orderId":"\#(order)","customerId":"c1","source":"api","currency":"GBP",
      "placedAt":\#(Self.at),"deliveredAt":\#(Self.at),"shipping":399,
      "lines":[\#(lines.joined(separator: ","))],
      "payments":[{"paymentId":"p1","amount":2000,"capturedAt":\#(Self.at)},
      {"paymentId":"p2","amount":3259,"capturedAt":\#(Self.at)}],
      "marketplace":{"platformFee":500,"platformFeeTax":100}}
      """#)
    try submit(
      "OpenCase",
      #"""
      {"caseId":"\#(supportCase)","customerId":"c1","orderId":"\#(order)","title":"B",\#
      "type":"product"}
      """#
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
    let start = seconds()
    try checkTenant(command, facts: facts)
    try authorize(command, facts: facts)
    let decision = try command.decide(in: aggregates, facts: facts)
    decisions[type, default: Latencies()].add(seconds() - start)
    guard case .events(let decided) = decision else { fail("\(type) changed nothing") }
    for event in decided { try aggregates.fold(event) }
    events += decided
  }
}
