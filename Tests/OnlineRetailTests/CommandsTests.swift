import JSON
import Testing

@testable import OnlineRetail

@Suite struct `the commands of an import` {
  private func lines(_ history: SalesHistory) -> [String] {
    CommandBatches(history).flatMap { batch in
      String(decoding: batch.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
  }

  @Test func `begin with the tenant and its agent`() throws {
    let lines = lines(try history(row("536365", "A", 6)))
    #expect(
      lines[0] == """
        {"id":"tenant-online-retail","tenant":"online-retail","type":"RegisterTenant",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"service/online-retail","data":\
        {"name":"Online Retail","currency":"GBP","timeZone":"Europe/London",\
        "returnWindowDays":14,"agentApprovalLimit":100000000}}
        """)
    #expect(
      lines[1] == """
        {"id":"begin-536365-1","tenant":"online-retail","type":"BeginImport",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"service/online-retail","data":\
        {}}
        """)
    #expect(
      lines[2] == """
        {"id":"agent-importer","tenant":"online-retail","type":"AddAgent",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"service/online-retail","data":\
        {"agentId":"importer","role":"agent"}}
        """)
  }

  @Test func `record an order with its lines, payment and delivery at once`() throws {
    let lines = lines(
      try history(
        row("536365", "85123A", 6, price: "2.55", title: "\"7\"\" HOLDER, WHITE\""),
        row("536365", "71053", 2, price: "3.39", title: "")))
    #expect(
      lines[3] == """
        {"id":"order-536365","tenant":"online-retail","type":"RecordOrder",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"service/online-retail","data":\
        {"orderId":"536365","customerId":"17850","source":"import","currency":"GBP",\
        "placedAt":"2010-12-01T08:26:00.000000Z","deliveredAt":"2010-12-01T08:26:00.000000Z",\
        "lines":[{"lineId":"1","sku":"85123A","title":"7\\" HOLDER, WHITE","quantity":6,\
        "unitPrice":255},{"lineId":"2","sku":"71053","title":"71053","quantity":2,\
        "unitPrice":339}],"payments":[{"paymentId":"payment-536365","amount":2208,\
        "capturedAt":"2010-12-01T08:26:00.000000Z"}]}}
        """)
  }

  @Test func `open a case, ask for the money and approve`() throws {
    let lines = lines(
      try history(
        row("536365", "A", 6), row("536365", "B", 2), row("C536379", "B", -1),
        row("C536379", "A", -6)))
    #expect(
      Array(lines[4...]) == [
        """
        {"id":"case-C536379-536365","tenant":"online-retail","type":"OpenCase",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"customer/17850","data":\
        {"caseId":"C536379-536365","customerId":"17850","orderId":"536365",\
        "title":"Cancellation C536379 of order 536365","type":"product"}}
        """,
        """
        {"id":"refund-C536379-536365","tenant":"online-retail","type":"RequestRefund",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"customer/17850","data":\
        {"refundId":"C536379-536365","caseId":"C536379-536365","orderId":"536365","items":[\
        {"refundItemId":"C536379-536365-1","lineId":"1","quantity":6},\
        {"refundItemId":"C536379-536365-2","lineId":"2","quantity":1}],"reason":"cancelled"}}
        """,
        """
        {"id":"approve-C536379-536365","tenant":"online-retail","type":"ApproveRefund",\
        "occurredAt":"2010-12-01T08:26:00.000000Z","actor":"agent/importer","data":\
        {"refundId":"C536379-536365"}}
        """,
      ])
  }

  @Test func `send the items back before, where returns are asked for`() throws {
    let history = try history(
      row("536365", "A", 6), row("536365", "B", 2), row("C536379", "B", -1),
      row("C536379", "A", -6))
    let lines = CommandBatches(history, asReturns: true).flatMap { batch in
      batch.bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
    let commands = try lines.map { try JSONValue(parsing: $0) }
    #expect(
      commands.map { $0["type"]?.string } == [
        "RegisterTenant", "BeginImport", "AddAgent", "DefinePolicy", "RecordOrder", "OpenCase",
        "RequestReturn",
        "ApproveReturn", "RecordReturnReception", "InspectReturn", "RequestRefund",
        "ApproveRefund", "CompleteReturn",
      ])
    func data(_ index: Int) -> String {
      String(decoding: commands[index]["data"]?.json ?? [], as: UTF8.self)
    }
    #expect(
      data(6) == """
        {"returnId":"C536379-536365","caseId":"C536379-536365","orderId":"536365","lines":[\
        {"lineId":"1","quantity":6,"reason":{"code":"changed_mind"}},\
        {"lineId":"2","quantity":1,"reason":{"code":"changed_mind"}}]}
        """)
    #expect(
      data(9) == """
        {"returnId":"C536379-536365","lines":[\
        {"lineId":"1","acceptance":"accepted","disposition":"restocked"},\
        {"lineId":"2","acceptance":"accepted","disposition":"restocked"}]}
        """)
    #expect(commands[10]["data"]?["returnId"]?.string == "C536379-536365")
    #expect(Set(commands.map { $0["id"]?.string }).count == commands.count)
  }

  @Test func `of a whole month are valid JSON, with as many different ids, in small batches`()
    throws
  {
    let batches = Array(CommandBatches(try SalesHistory(path: RealFile.month)))
    #expect(batches.count > 2)
    var ids: Set<String> = []
    for batch in batches {
      #expect(batch.bytes.count < CommandBatches.size + (1 << 20))
      let lines = batch.bytes.split(separator: UInt8(ascii: "\n"))
      #expect(lines.count == batch.submissions.count)
      for (line, submission) in zip(lines, batch.submissions) {
        let command = try JSONValue(parsing: Array(line))
        #expect(command["id"]?.string == submission.id)
        ids.insert(submission.id)
      }
    }
    #expect(ids.count == 3 + 1559 + 3 * 162)
  }
}
