// The commands of an import, each written straight into the bytes that will be sent.
//
// The shop itself records its orders. A refund takes three commands more: the customer opens a case
// and asks, then the importer, an agent of the tenant, approves; where rule R4 forbids that, it
// denies. Paying is the service's own business. With --returns the customer asks to return the
// items instead, under a policy that allows it without fees; the importer lets them come back,
// accepts them, and the refund is that return's.

internal import EventSourcing
internal import JSON

extension CommandBatch {
  static let tenant = "online-retail"
  static let agent = "importer"

  static let shopActor = "service/online-retail"
  static let agentActor = "agent/importer"

  /// Above every refund in the data, so that only the return window decides: £1,000,000.00.
  private static let agentApprovalLimit = 100_000_000

  /// - Parameter name: of the import, so that another one of the same shop begins anew.
  mutating func appendSetUp(time: Timestamp, import name: String, withPolicy: Bool = false) {
    append(
      Submission(kind: .tenant, subject: CommandBatch.tenant, time: time), type: "RegisterTenant",
      actor: CommandBatch.shopActor
    ) {
      $0.appendLiteral("{\"name\":\"Online Retail\",\"currency\":\"GBP\"")
      $0.appendLiteral(",\"timeZone\":\"Europe/London\",\"returnWindowDays\":14")
      $0.appendLiteral(",\"agentApprovalLimit\":")
      $0.appendJSON(CommandBatch.agentApprovalLimit)
      $0.appendLiteral("}")
    }
    append(
      Submission(kind: .begin, subject: name, time: time), type: "BeginImport",
      actor: CommandBatch.shopActor
    ) { $0.appendLiteral("{}") }
    append(
      Submission(kind: .agent, subject: CommandBatch.agent, time: time), type: "AddAgent",
      actor: CommandBatch.shopActor
    ) {
      $0.appendLiteral("{\"agentId\":\"importer\",\"role\":\"agent\"}")
    }
    guard withPolicy else { return }
    append(
      Submission(kind: .policy, subject: "everything", time: time), type: "DefinePolicy",
      actor: CommandBatch.shopActor
    ) {
      $0.appendLiteral("{\"policyId\":\"everything\",\"name\":\"Everything is taken back\"")
      $0.appendLiteral(",\"rules\":[],\"defaultAction\":{\"eligible\":true},\"active\":true}")
    }
  }

  /// From here on everything happens when it is received.
  mutating func appendEnd(time: Timestamp, import name: String) {
    append(
      Submission(kind: .end, subject: name, time: time), type: "EndImport",
      actor: CommandBatch.shopActor
    ) { $0.appendLiteral("{}") }
  }

  mutating func append(_ order: Order) {
    append(
      Submission(kind: .order, subject: order.number, time: order.time), type: "RecordOrder",
      actor: CommandBatch.shopActor
    ) {
      $0.appendLiteral("{\"orderId\":")
      $0.appendJSON(order.number)
      $0.appendLiteral(",\"customerId\":")
      $0.appendJSON(order.customer ?? "anonymous")
      $0.appendLiteral(",\"source\":\"import\",\"currency\":\"GBP\",\"placedAt\":")
      $0.appendJSON(order.time)
      $0.appendLiteral(",\"deliveredAt\":")
      $0.appendJSON(order.time)
      $0.appendLiteral(",\"lines\":[")
      for (index, line) in order.lines.enumerated() { $0.append(line, number: index + 1) }
      $0.appendLiteral("],\"payments\":[{\"paymentId\":")
      $0.appendJSON("payment-\(order.number)")
      $0.appendLiteral(",\"amount\":")
      $0.appendJSON(order.total)
      $0.appendLiteral(",\"capturedAt\":")
      $0.appendJSON(order.time)
      $0.appendLiteral("}]}")
    }
  }

  /// Opens a case, asks for the money and approves; as a return, sends the items back before.
  mutating func append(_ request: RefundRequest, asReturn: Bool = false) {
    func submission(_ kind: Submission.Kind) -> Submission {
      Submission(kind: kind, subject: request.id, time: request.time)
    }
    defer {
      if asReturn {
        append(submission(.complete), type: "CompleteReturn", actor: CommandBatch.agentActor) {
          $0.appendLiteral("{\"returnId\":")
          $0.appendJSON(request.id)
          $0.appendLiteral("}")
        }
      }
    }
    append(submission(.case), type: "OpenCase", actor: "customer/\(request.customer)") {
      $0.appendLiteral("{\"caseId\":")
      $0.appendJSON(request.id)
      $0.appendLiteral(",\"customerId\":")
      $0.appendJSON(request.customer)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(request.order)
      $0.appendLiteral(",\"title\":")
      $0.appendJSON("Cancellation \(request.cancellation) of order \(request.order)")
      $0.appendLiteral(",\"type\":\"product\"}")
    }
    if asReturn { appendReturn(of: request) }
    append(submission(.refund), type: "RequestRefund", actor: "customer/\(request.customer)") {
      $0.appendLiteral("{\"refundId\":")
      $0.appendJSON(request.id)
      $0.appendLiteral(",\"caseId\":")
      $0.appendJSON(request.id)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(request.order)
      if asReturn {
        $0.appendLiteral(",\"returnId\":")
        $0.appendJSON(request.id)
      }
      $0.appendLiteral(",\"items\":[")
      for (index, item) in request.items.enumerated() {
        $0.append(item, of: request, isFirst: index == 0)
      }
      $0.appendLiteral("],\"reason\":\"cancelled\"}")
    }
    append(submission(.approve), type: "ApproveRefund", actor: CommandBatch.agentActor) {
      $0.appendLiteral("{\"refundId\":")
      $0.appendJSON(request.id)
      $0.appendLiteral("}")
    }
  }

  /// Asks to send the items back, allows it, and accepts all that comes.
  private mutating func appendReturn(of request: RefundRequest) {
    func append(
      _ kind: Submission.Kind, _ type: String, _ actor: String, line: String?,
      head: (inout [UInt8]) -> Void = { _ in }
    ) {
      let submission = Submission(kind: kind, subject: request.id, time: request.time)
      self.append(submission, type: type, actor: actor) { bytes in
        bytes.appendLiteral("{\"returnId\":")
        bytes.appendJSON(request.id)
        head(&bytes)
        if let line {
          bytes.appendLiteral(",\"lines\":[")
          for (index, item) in request.items.enumerated() {
            bytes.appendLiteral(index == 0 ? "{\"lineId\":\"" : ",{\"lineId\":\"")
            bytes.appendJSON(item.line)
            bytes.appendLiteral("\",")
            if kind == .return {
              bytes.appendLiteral("\"quantity\":")
              bytes.appendJSON(item.quantity)
              bytes.appendLiteral(",")
            }
            bytes += Array(line.utf8)
            bytes.appendLiteral("}")
          }
          bytes.appendLiteral("]")
        }
        bytes.appendLiteral("}")
      }
    }
    append(
      .return, "RequestReturn", "customer/\(request.customer)",
      line: "\"reason\":{\"code\":\"changed_mind\"}"
    ) {
      $0.appendLiteral(",\"caseId\":")
      $0.appendJSON(request.id)
      $0.appendLiteral(",\"orderId\":")
      $0.appendJSON(request.order)
    }
    append(.allow, "ApproveReturn", CommandBatch.agentActor, line: nil)
    append(
      .receive, "RecordReturnReception", CommandBatch.shopActor,
      line: "\"reception\":\"received\"")
    append(
      .inspect, "InspectReturn", CommandBatch.agentActor,
      line: "\"acceptance\":\"accepted\",\"disposition\":\"restocked\"")
  }

  /// Denies what could not be approved.
  mutating func appendDenial(of approval: Submission, reason: String) {
    append(
      Submission(kind: .deny, subject: approval.subject, time: approval.time), type: "DenyRefund",
      actor: CommandBatch.agentActor
    ) {
      $0.appendLiteral("{\"refundId\":")
      $0.appendJSON(approval.subject)
      $0.appendLiteral(",\"reason\":")
      $0.appendJSON(reason)
      $0.appendLiteral("}")
    }
  }
}

extension [UInt8] {
  mutating func appendJSON(_ time: Timestamp) {
    append(UInt8(ascii: "\""))
    time.write(to: &self)
    append(UInt8(ascii: "\""))
  }

  fileprivate mutating func append(_ line: Order.Line, number: Int) {
    appendLiteral(number == 1 ? "{\"lineId\":\"" : ",{\"lineId\":\"")
    appendJSON(number)
    appendLiteral("\",\"sku\":")
    appendJSON(line.stockCode)
    appendLiteral(",\"title\":")
    appendJSON(line.title)
    appendLiteral(",\"quantity\":")
    appendJSON(line.quantity)
    appendLiteral(",\"unitPrice\":")
    appendJSON(line.unitPrice)
    appendLiteral("}")
  }

  fileprivate mutating func append(
    _ item: RefundRequest.Item, of request: RefundRequest, isFirst: Bool
  ) {
    appendLiteral(isFirst ? "{\"refundItemId\":" : ",{\"refundItemId\":")
    appendJSON("\(request.id)-\(item.line)")
    appendLiteral(",\"lineId\":\"")
    appendJSON(item.line)
    appendLiteral("\",\"quantity\":")
    appendJSON(item.quantity)
    appendLiteral("}")
  }
}
