// One return: what it is about, what came of its lines, what the customer gets, and everything that
// happened to it.

public import EventSourcing
public import Events
public import HTML
public import SQLite

/// The page of one return.
public enum ReturnPage {
  /// - Returns: `nil` where the tenant has no such return.
  public static func render(
    _ id: ReturnID, tenant: TenantID, from database: Database
  ) throws -> Page? {
    guard let row = try Returns.return(id, tenant: tenant, in: database) else { return nil }
    let lines = try Returns.lines(of: id, tenant: tenant, in: database)
    let words = try Returns.customerWords(of: id, tenant: tenant, in: database)
    let timeline = try Returns.timeline(of: id, tenant: tenant, in: database)
    return Page(
      title: "Return \(id)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/returns">All returns</a></nav>
        <h1>Return \(id)</h1>
        <p>\(statusBadge(row.status)) <strong>\(money(row.amount, row.currency))</strong></p>
        \(facts(row, tenant))
        \(words.map(section) ?? "")
        \(table(lines, currency: row.currency))
        \(TimelineTable.render(timeline, currency: row.currency))
        """)
  }

  private static func facts(_ row: ReturnRow, _ tenant: TenantID) -> HTML {
    let refund: HTML? = row.refundID.map {
      """
      <a href="/tenants/\(tenant)/refunds/\($0)">\($0)</a> \
      \(statusLabel(row.refundStatus ?? "pending"))
      """
    }
    let shipping = [row.carrier, row.trackingNumber].compactMap { $0 }.joined(separator: " ")
    let facts: [(String, HTML?)] = [
      ("Order", "\(row.orderID)"), ("Case", "\(row.caseID)"), ("Customer", "\(row.customerID)"),
      ("Channel", "\(row.channel)"), ("Method", "\(spacedWords(row.returnMethod))"),
      ("Policy", "\(row.policyID), version \(row.policyVersion)"),
      ("Approval", row.isAutoApproved ? "by the policy" : "by a person"),
      ("Estimated", "\(money(row.estimatedAmount, row.currency))"),
      ("Final", row.finalAmount.map { "\(money($0, row.currency))" }),
      ("Money", "\(moneyLabel(row))"), ("Refund", refund),
      ("Requested by", "\(row.submittedBy)"), ("Processed by", row.processedBy.map { "\($0)" }),
      (
        "To be shipped by (UTC)",
        row.status == "approved" ? row.expiresAt.map { "\(clock($0))" } : nil
      ),
      ("Shipped with", shipping.isEmpty ? nil : "\(shipping)"), ("Note", row.note.map { "\($0)" }),
    ]
    let rows = facts.compactMap { name, value -> HTML? in
      value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
    }
    return """
      <section class="facts"><h2 id="facts">Facts</h2>
      <dl>
      \(HTML(joining: rows))
      </dl></section>
      """
  }

  private static func section(_ words: String) -> HTML {
    let paragraphs = words.split(separator: "\n").map { "<p>\($0)</p>" as HTML }
    return """
      <section class="customer"><h2 id="customer">In the customer's words</h2>
      <div class="words">
      \(HTML(joining: paragraphs))
      </div></section>
      """
  }

  private static func table(_ lines: [ReturnLineRow], currency: String) -> HTML {
    let rows = lines.map { line -> HTML in
      """
      <tr><th scope="row" class="id">\(joined(line.title, line.variantTitle))</th>\
      <td class="number">\(grouped(line.quantity))</td>\
      <td class="number">\(money(line.unitPrice, currency))</td>\
      <td class="text">\(joined(spacedWords(line.reason), line.condition, line.description))</td>\
      <td class="id">\(came(line))</td><td class="id">\(accepted(line))</td>\
      <td class="id">\(line.ruleID ?? "default")</td></tr>
      """
    }
    return """
      <section class="lines"><h2 id="lines">Lines</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="lines"><table>
      <thead><tr><th scope="col">Item</th><th scope="col" class="number">Units</th>\
      <th scope="col" class="number">Unit price</th>\
      <th scope="col">Reason, condition, words</th><th scope="col">Came</th>\
      <th scope="col">Accepted</th><th scope="col">Policy rule</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }

  private static func joined(_ texts: String?...) -> String {
    texts.compactMap { $0 }.joined(separator: ", ")
  }

  /// `1 short shipped`, or `awaiting`.
  private static func came(_ line: ReturnLineRow) -> String {
    line.reception == "awaiting"
      ? line.reception : "\(grouped(line.received)) \(spacedWords(line.reception))"
  }

  /// `2 accepted, restocked`, or `pending`.
  private static func accepted(_ line: ReturnLineRow) -> String {
    let acceptance = spacedWords(line.acceptance)
    let decided = line.acceptance == "accepted"
    return joined(
      decided ? "\(grouped(line.accepted)) \(acceptance)" : acceptance,
      line.disposition.map(spacedWords), line.note)
  }
}
