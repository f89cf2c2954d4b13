// Random commands, as the JSON that callers send: mostly what a shop would ask for next, sometimes
// anything. Names come from small sets, so that callers meet each other.

internal import EventSourcing
internal import Events
internal import SeededRandom

struct Workload {
  private var random: SplitMix64
  private var nextNumber = 0
  private static let tenants = ["acme", "zeta"]

  init(random: SplitMix64) { self.random = random }

  mutating func next(
    _ knowledge: Knowledge, now: Timestamp, _ plot: Plot
  ) throws -> SubmittedCommand {
    let tenant = plot == .everything ? random.pick(Self.tenants) : Self.tenants[0]
    let shop = knowledge.shops[tenant] ?? Knowledge.Shop()
    let (type, data, actor) = plot == .everything ? command(shop, now: now) : refund(shop)
    nextNumber += 1
    var json = #"{"id":"c\#(nextNumber)","tenant":"\#(tenant)","type":"\#(type)","data":\#(data)"#
    if random.oneIn(12) {
      json += #","expectedRevision":\#(Int.random(in: 0..<4, using: &random))"#
    }
    if let actor { json += #","actor":"\#(actor)""# }
    return try SubmittedCommand(json: Array((json + "}").utf8))
  }

  mutating func reinstate(_ tenant: String) throws -> SubmittedCommand {
    try plain("ReinstateTenant", "{}", of: tenant)
  }

  /// A command by the service behind the socket.
  mutating func plain(
    _ type: String, _ data: String, of tenant: String = tenants[0]
  ) throws -> SubmittedCommand {
    nextNumber += 1
    return try SubmittedCommand(
      json: Array(
        #"{"id":"c\#(nextNumber)","tenant":"\#(tenant)","type":"\#(type)","data":\#(data)}"#.utf8))
  }

  private mutating func name(_ prefix: String, _ count: Int) -> String {
    "\(prefix)\(Int.random(in: 1...count, using: &random))"
  }

  private typealias Text = (type: String, data: String, actor: String?)

  private mutating func command(_ shop: Knowledge.Shop, now: Timestamp) -> Text {
    if !shop.isRegistered || random.oneIn(200) {
      return (
        "RegisterTenant",
        #"{"name":"A","currency":"GBP","timeZone":"Europe/London","agentApprovalLimit":1500}"#, nil
      )
    }
    if shop.isSuspended && !random.oneIn(3) { return ("ReinstateTenant", "{}", nil) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<16: return person()
    case 16..<30: return order(shop, now: now)
    case 30..<45: return supportCase(shop)
    default: return refund(shop)
    }
  }

  private mutating func person() -> Text {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3: ("AddAgent", #"{"agentId":"\#(name("agent", 2))","role":"agent"}"#, manager())
    case 3..<5: ("AddAgent", #"{"agentId":"ada","role":"admin"}"#, nil)
    case 5: ("RemoveAgent", #"{"agentId":"\#(name("agent", 2))"}"#, manager())
    case 6..<8: customer()
    case 8:
      (
        "ChangeTenantSettings",
        #"""
        {"fourEyes":\#(Bool.random(using: &random)),\#
        "agentApprovalLimit":\#(Int.random(in: 500...5000, using: &random))}
        """#,
        manager()
      )
    default:
      random.oneIn(3)
        ? ("SuspendTenant", #"{"reason":"unpaid"}"#, nil) : ("ReinstateTenant", "{}", nil)
    }
  }

  /// Once there is an admin, no service manages the tenant any more.
  private mutating func manager() -> String? { random.oneIn(3) ? nil : "agent/ada" }

  private mutating func customer() -> Text {
    let id = name("cus", 4)
    return switch Int.random(in: 0..<5, using: &random) {
    case 0..<2: ("RegisterCustomer", #"{"customerId":"\#(id)","firstName":"Robin"}"#, nil)
    case 2:
      (
        "ChangeCustomerDetails",
        #"{"customerId":"\#(id)","email":"\#(name("robin", 3))@example.com"}"#, nil
      )
    default: ("EraseSubject", #"{"subjectId":"\#(id)","reason":"Asked for"}"#, "agent/ada")
    }
  }

  private static let placed = #""2026-01-05T09:30:00Z""#

  private mutating func order(_ shop: Knowledge.Shop, now: Timestamp) -> Text {
    let known = shop.orders.keys.sorted()
    if known.count < 4 || random.oneIn(5) { return recordOrder() }
    let id = random.pick(known)
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let day = Int.random(in: 10...14, using: &random)
      return (
        "RecordDelivery", #"{"orderId":"\#(id)","deliveredAt":"2026-01-\#(day)T12:00:00Z"}"#, nil
      )
    case 1 where random.oneIn(6):
      return ("CancelOrder", #"{"orderId":"\#(id)","cancelledAt":"\#(now)"}"#, nil)
    default:
      let amount = Int.random(in: 1...shop.orders[id]!.total + 5, using: &random)
      let data =
        #"""
        {"orderId":"\#(id)","paymentId":"\#(id)-\#(name("p", 4))","amount":\#(amount),\#
        "capturedAt":\#(Self.placed)}
        """#
      return ("CapturePayment", data, nil)
    }
  }

  private mutating func recordOrder() -> Text {
    let shipping = random.oneIn(2) ? 0 : Int.random(in: 1...999, using: &random)
    var total = shipping
    let lines = (1...Int.random(in: 1...3, using: &random)).map { number in
      let quantity = Int.random(in: 1...4, using: &random)
      let price = Int.random(in: 1...999, using: &random)
      let tax = Int.random(in: 0...100, using: &random)
      total += quantity * price + tax
      return
        #"""
        {"lineId":"\#(number)","title":"Lantern","quantity":\#(quantity),\#
        "unitPrice":\#(price),"tax":\#(tax)}
        """#
    }
    let id = name("o", 5)
    let captured = random.oneIn(3) ? Int.random(in: 1...total, using: &random) : total
    let first = random.oneIn(2) ? Int.random(in: 1...captured, using: &random) : captured
    let payments = [first, captured - first].enumerated().filter { $0.element > 0 }.map {
      #"{"paymentId":"\#(id)-p\#($0.offset)","amount":\#($0.element),"capturedAt":\#(Self.placed)}"#
    }
    let delivered = random.oneIn(5) ? "" : #""deliveredAt":"2026-01-10T12:00:00Z","#
    return (
      "RecordOrder",
      #"""
      {"orderId":"\#(id)","customerId":"\#(name("cus", 2))","source":"api","currency":"GBP",\#
      "placedAt":\#(Self.placed),\#(delivered)"shipping":\#(shipping),\#
      "lines":[\#(lines.joined(separator: ","))],\#
      "payments":[\#(payments.joined(separator: ","))]}
      """#,
      nil
    )
  }
}

// Cases and refunds.
extension Workload {
  private mutating func agent() -> String {
    random.oneIn(3) ? "agent/ada" : "agent/\(name("agent", 2))"
  }

  private mutating func supportCase(_ shop: Knowledge.Shop) -> Text {
    let known = shop.cases.keys.sorted()
    if known.count < 5 || random.oneIn(3) {
      guard let order = shop.orders.keys.sorted().randomElement(using: &random) else {
        return recordOrder()
      }
      let customer = random.oneIn(10) ? name("cus", 2) : shop.orders[order]!.customer
      return (
        "OpenCase",
        #"""
        {"caseId":"\#(name("k", 9))","customerId":"\#(customer)","orderId":"\#(order)",\#
        "title":"Broken","type":"product"}
        """#,
        "customer/\(customer)"
      )
    }
    let id = random.pick(known)
    switch Int.random(in: 0..<8, using: &random) {
    case 0..<3:
      return ("AssignCase", #"{"caseId":"\#(id)","owner":"\#(name("agent", 2))"}"#, agent())
    case 3..<5:
      let status = random.pick(["investigating", "escalated", "awaiting_customer"])
      return ("ChangeCaseStatus", #"{"caseId":"\#(id)","status":"\#(status)"}"#, agent())
    case 5:
      let resolution = random.pick(["resolved", "refunded", "denied"])
      return ("ResolveCase", #"{"caseId":"\#(id)","resolution":"\#(resolution)"}"#, agent())
    case 6: return ("ReopenCase", #"{"caseId":"\#(id)"}"#, agent())
    default: return ("CloseCase", #"{"caseId":"\#(id)"}"#, agent())
    }
  }

  private mutating func items(_ shop: Knowledge.Shop, _ order: String, _ id: String) -> String {
    let lines = shop.orders[order]?.lines ?? [1]
    let line = Int.random(in: 0..<lines.count, using: &random)
    let quantity = Int.random(in: 1...(lines[line] + (random.oneIn(8) ? 1 : 0)), using: &random)
    return
      #"[{"refundItemId":"\#(id)-1","lineId":"\#(line + 1)","quantity":\#(quantity)}]"#
  }

  /// A chargeback that took money it did not find would keep refunds waiting for ever, so it is not
  /// lost.
  private mutating func chargeback(_ shop: Knowledge.Shop) -> Text? {
    if random.oneIn(2), let name = shop.chargebacks.keys.sorted().randomElement(using: &random) {
      let (id, supportCase, isCovered) = shop.chargebacks[name]!
      let outcome = isCovered && random.oneIn(2) ? "lost" : "prevented"
      return (
        "RecordChargebackOutcome",
        #"{"caseId":"\#(supportCase)","chargebackId":"\#(id)","outcome":"\#(outcome)"}"#, nil
      )
    }
    guard let id = shop.cases.keys.sorted().randomElement(using: &random),
      let order = shop.cases[id],
      let payment = shop.payments.filter({ $0.hasPrefix("\(order)-") }).sorted()
        .randomElement(using: &random)
    else { return nil }
    let amount = Int.random(in: 1...700, using: &random)
    return (
      "OpenChargeback",
      #"""
      {"chargebackId":"\#(name("g", 9))","caseId":"\#(id)","orderId":"\#(order)",\#
      "paymentId":"\#(payment)","amount":\#(amount),"reason":"fraud"}
      """#,
      nil
    )
  }

  mutating func end(
    _ chargeback: (tenant: String, id: String, supportCase: String)
  ) throws -> SubmittedCommand {
    try plain(
      "RecordChargebackOutcome",
      #"""
      {"caseId":"\#(chargeback.supportCase)","chargebackId":"\#(chargeback.id)",\#
      "outcome":"prevented"}
      """#,
      of: chargeback.tenant)
  }

  private mutating func refund(_ shop: Knowledge.Shop) -> Text {
    if random.oneIn(25), let text = chargeback(shop) { return text }
    let pending = shop.refunds("pending")
    let open = shop.refunds("approved", "processing", "partly_executed", "failed")
    if let id = pending.randomElement(using: &random), random.oneIn(2) {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: return ("DenyRefund", #"{"refundId":"\#(id)","reason":"worn"}"#, agent())
      case 1: return ("CancelRefund", #"{"refundId":"\#(id)"}"#, agent())
      default: return ("ApproveRefund", #"{"refundId":"\#(id)"}"#, agent())
      }
    }
    if let id = (open + pending).randomElement(using: &random), random.oneIn(3) {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return ("CancelRefund", #"{"refundId":"\#(id)"}"#, agent())
      case 1:
        let order = random.pick(shop.orders.keys.sorted())
        return (
          "AmendRefund", #"{"refundId":"\#(id)","items":\#(items(shop, order, id))}"#, agent()
        )
      default: return ("ExecuteRefund", #"{"refundId":"\#(id)"}"#, agent())
      }
    }
    guard let id = shop.cases.keys.sorted().randomElement(using: &random),
      let order = shop.cases[id], let customer = shop.orders[order]?.customer
    else { return supportCase(shop) }
    let refund = name("r", 40)
    let shipping = random.oneIn(4) ? #","includeShipping":true"# : ""
    return (
      "RequestRefund",
      #"""
      {"refundId":"\#(refund)","caseId":"\#(id)","orderId":"\#(order)",\#
      "items":\#(items(shop, order, refund)),"reason":"broken"\#(shipping)}
      """#,
      "customer/\(customer)"
    )
  }
}
