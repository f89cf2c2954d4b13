// What a customer or a shop wrote is text on every page, and cannot reorder what stands beside it.

import CommandHandling
import EventSourcing
import Foundation
import JSON
import OutsideData
import Testing

struct `Text from elsewhere` {
  @Test func `is only text on every page, and isolated where it has a direction`() async throws {
    try await RunningService.with { running in
      for (number, text) in HostileTexts.all.enumerated() {
        try await running.tell(text, number)
      }
      await running.settle()
      try await exportPages(of: running) { folder, count in
        #expect(count > HostileTexts.all.count * 4)
        var isolatedCount = 0
        var shownCount = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
          let page = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
          #expect(!page.contains("<script"), "\(name)")
          isolatedCount += page.ranges(of: "<bdi>").count
          shownCount += page.ranges(of: #"\u{202E}"#).count
          let bare = Self.outsideIsolation(page)
          #expect(!bare.contains("bdi>"), "\(name)")
          let loose = bare.unicodeScalars.filter(Self.hasDirection)
          #expect(loose.isEmpty, "\(name): \(loose.map(\.value))")
        }
        // Titles, reasons, names and what the customers wrote of each such text.
        #expect(isolatedCount > 50)
        #expect(shownCount > 20)
      }
    }
  }

  /// The page without what is isolated: `bdi`, blocks of Markdown, the window's title, attributes.
  private static func outsideIsolation(_ page: String) -> String {
    page.replacing(#/<bdi>[^<]*<\/bdi>/#.matchingSemantics(.unicodeScalar), with: "")
      .replacing(#/<title>[^<]*<\/title>/#.matchingSemantics(.unicodeScalar), with: "")
      .replacing(
        #/<div class="words">(?s:.*?)<\/div>/#.matchingSemantics(.unicodeScalar), with: ""
      )
      .replacing(#/<[^<>]*>/#.matchingSemantics(.unicodeScalar), with: "")
  }

  private static func hasDirection(_ scalar: Unicode.Scalar) -> Bool {
    [0x590...0x8FF, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069]
      .contains { $0.contains(scalar.value) }
  }
}

extension RunningService {
  /// Puts a text into what a customer, a shop and an agent write.
  fileprivate func tell(_ text: String, _ number: Int) async throws {
    let words = String(decoding: JSONValue.string(text).json, as: UTF8.self)
    let (now, id) = (Timestamp.now, "x\(number)")
    try await submit(
      "RegisterCustomer", #"{"customerId":"\#(id)","firstName":\#(words),"lastName":\#(words)}"#)
    try await submit(
      "RecordOrder",
      #"""
      {"orderId":"\#(id)","customerId":"\#(id)","source":"api","currency":"GBP",\#
      "orderNumber":\#(words),"externalId":\#(words),"placedAt":"\#(now)",\#
      "deliveredAt":"\#(now)","lines":[{"lineId":"1","sku":\#(words),"title":\#(words),\#
      "variantTitle":\#(words),"quantity":6,"unitPrice":339}],\#
      "payments":[{"paymentId":"p1","amount":2034,"capturedAt":"\#(now)"}]}
      """#)
    let ids = #""caseId":"\#(id)","orderId":"\#(id)""#
    try await submit(
      "OpenCase",
      #"""
      {\#(ids),"customerId":"\#(id)","title":\#(words),"description":\#(words),\#
      "type":"product"}
      """#,
      actor: "customer/\(id)")
    try await submit(
      "PostMessage",
      #"{"caseId":"\#(id)","customerId":"\#(id)","authorRole":"buyer","body":\#(words)}"#,
      actor: "customer/\(id)")
    try await submit(
      "RequestRefund",
      #"{"refundId":"\#(id)",\#(ids),"items":[{"lineId":"1","quantity":1}],"reason":\#(words)}"#,
      actor: "customer/\(id)")
    try await submit(
      "ApplyPayoutHold",
      #"""
      {"holdId":"\#(id)",\#(ids),"amount":100,"expiresAt":"2999-01-01T00:00:00Z",\#
      "reason":\#(words)}
      """#, actor: "agent/ann")
    try await submit(
      "RequestReturn",
      #"""
      {"returnId":"\#(id)",\#(ids),"lines":[{"lineId":"1","quantity":1,\#
      "reason":{"code":"other","description":\#(words)}}]}
      """#, actor: "customer/\(id)")
    try await submit(
      "DenyRefund", #"{"refundId":"\#(id)","reason":\#(words)}"#, actor: "agent/ann")
  }
}
