// One case: where it stands and by when, what was written in it, what is on its record, and
// everything that happened. What people wrote is theirs: it is rendered as Markdown that can do
// nothing (Markdown.html).

public import EventSourcing
public import Events
public import HTML
import Markdown
public import SQLite

/// The page of one case.
public enum CasePage {
  /// - Returns: `nil` where the tenant has no such case.
  public static func render(
    _ id: CaseID, tenant: TenantID, from database: Database
  ) throws -> Page? {
    guard let row = try CaseBoard.supportCase(id, tenant: tenant, in: database) else { return nil }
    let description = try CaseBoard.description(of: id, tenant: tenant, in: database)
    let watchers = try CaseBoard.watchers(of: id, tenant: tenant, in: database)
    let targets = try CaseBoard.targets(of: id, tenant: tenant, in: database)
    let messages = try CaseBoard.messages(of: id, tenant: tenant, in: database)
    let evidence = try CaseBoard.evidence(of: id, tenant: tenant, in: database)
    let timeline = try CaseBoard.timeline(of: id, tenant: tenant, in: database)
    return Page(
      title: "Case \(id)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/cases">All cases</a></nav>
        <h1>\(row.title)</h1>
        <p>\(caseStatusBadge(row.status)) case <span class="id">\(id)</span></p>
        \(facts(row, watchers, tenant))
        \(description.map(section) ?? "")
        \(table(targets))
        \(section(messages))
        \(table(evidence))
        \(TimelineTable.render(timeline))
        """)
  }

  private static func facts(_ row: CaseRow, _ watchers: [String], _ tenant: TenantID) -> HTML {
    let customer: HTML =
      "<a href=\"/tenants/\(tenant)/customers/\(row.customerID)\">\(row.customerID)</a>"
    let facts: [(String, String?)] = [
      ("Severity", row.severity), ("Type", row.type), ("Subtype", row.subtype),
      ("Order", row.orderID), ("Owner", row.owner ?? "nobody yet"),
      ("Watchers", watchers.isEmpty ? nil : watchers.joined(separator: ", ")),
      ("Reason", row.reasonCode), ("Booking group", row.marketplace.lbgID),
      ("Leg", row.marketplace.legID), ("Studio", row.marketplace.studioID),
      ("Creator", row.marketplace.creatorID), ("Payout", row.marketplace.payoutID),
      ("Opened (UTC)", clock(row.openedAt)),
      ("First answered (UTC)", row.firstResponseAt.map(clock)),
      ("Closed (UTC)", row.closedAt.map(clock)),
    ]
    let rows = facts.compactMap { name, value -> HTML? in
      value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
    }
    return """
      <section class="facts"><h2 id="facts">Facts</h2>
      <dl>
      <div><dt>Customer</dt><dd>\(customer)</dd></div>
      \(HTML(joining: rows))
      </dl></section>
      """
  }

  private static func section(_ description: String) -> HTML {
    """
    <section class="description"><h2 id="description">Description</h2>
    <div class="words">\(HTML(safe: Markdown.html(description)))</div></section>
    """
  }

  private static func table(_ targets: [TargetRow]) -> HTML {
    if targets.isEmpty { return "" }
    let rows = targets.map { target -> HTML in
      """
      <tr><th scope="row">\(targetLabel(target.target))</th><td>\(targetState(target.state))</td>\
      <td>\(dueTime(target.dueAt))</td><td class="number">\(grouped(target.minutes))</td>\
      <td class="id">\(target.calendarID), version \(target.calendarVersion)</td></tr>
      """
    }
    return """
      <section class="targets"><h2 id="targets">Targets</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="targets"><table>
      <thead><tr><th scope="col">Target</th><th scope="col">Stands</th>\
      <th scope="col">Runs out (UTC)</th><th scope="col" class="number">Business minutes</th>\
      <th scope="col">Calendar</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }

  private static func section(_ messages: [MessageRow]) -> HTML {
    if messages.isEmpty {
      return """
        <section class="messages"><h2 id="messages">Messages</h2>
        <p>Nobody has written yet.</p></section>
        """
    }
    let articles = messages.map { message -> HTML in
      let name: HTML = "message-\(message.position)"
      return """
        <article class="message \(message.authorRole)" aria-labelledby="\(name)">
        <h3 id="\(name)"><span class="id">\(message.author)</span>, \
        \(roleLabel(message.authorRole)), \
        <time datetime="\(message.postedAt)">\(clock(message.postedAt))</time> UTC</h3>
        <div class="words">\(HTML(safe: Markdown.html(message.body)))</div></article>
        """
    }
    return """
      <section class="messages"><h2 id="messages">Messages</h2>
      \(HTML(joining: articles))
      </section>
      """
  }

  private static func table(_ evidence: [EvidenceRow]) -> HTML {
    if evidence.isEmpty { return "" }
    let rows = evidence.map { piece -> HTML in
      """
      <tr><th scope="row" class="id">\(piece.evidenceKey)</th><td>\(piece.mime)</td>\
      <td class="number">\(grouped(piece.bytes))</td>\
      <td class="text">\(piece.description ?? "")</td><td class="id">\(piece.sha256)</td></tr>
      """
    }
    return """
      <section class="evidence"><h2 id="evidence">Evidence</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="evidence"><table>
      <thead><tr><th scope="col">Evidence</th><th scope="col">Type</th>\
      <th scope="col" class="number">Bytes</th><th scope="col">Description</th>\
      <th scope="col">SHA-256</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }
}
