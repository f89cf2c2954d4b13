// The page of one case: its state and targets, messages, evidence and timeline. Messages are
// rendered as Markdown without scripts or raw HTML (Markdown.html).

import EventSourcing
import HTML
import JSON
import Markdown
import Projecting

extension WholeCase {
  /// The page of the case.
  func page(_ tenant: TenantID) -> Page {
    Page(
      title: "Case \(row.caseID)",
      body: """
        \(breadcrumb("/tenants/\(tenant)/cases", "All cases"))
        <h1>\(row.title)</h1>
        <p>\(caseStatusBadge(row.status)) case <span class="id">\(row.caseID)</span></p>
        \(factsSection(facts(tenant)))
        \(description.map { section("description", "Description", words($0)) })
        \(targetsSection)
        \(messagesSection)
        \(evidenceSection)
        \(Timeline.section(timeline))
        """)
  }

  private func facts(_ tenant: TenantID) -> [(String, HTML?)] {
    let texts: [(String, String?)] = [
      ("Severity", row.severity), ("Type", row.type), ("Subtype", row.subtype),
      ("Order", row.orderID), ("Owner", row.owner ?? "none yet"),
      ("Watchers", watchers.isEmpty ? nil : watchers.joined(separator: ", ")),
      ("Reason", row.reasonCode), ("Booking group", row.lbgID), ("Leg", row.legID),
      ("Studio", row.studioID), ("Creator", row.creatorID), ("Payout", row.payoutID),
      ("Opened (UTC)", clock(row.openedAt)),
      ("First answered (UTC)", row.slaFirstResponseAt.map(clock)),
      ("Closed (UTC)", row.closedAt.map(clock)),
    ]
    let customer = link("/tenants/\(tenant)/customers/\(row.customerID)", row.customerID)
    let explained = link("/tenants/\(tenant)/explain/case/\(row.caseID)", "From the log")
    return [("Customer", customer), ("How it came about", explained)]
      + texts.map { name, text in (name, text.map { "\($0)" }) }
  }

  private func words(_ markdown: String) -> HTML {
    "<div class=\"words\">\(HTML(safe: Markdown.html(markdown)))</div>"
  }

  private var targetsSection: HTML {
    tableSection(
      "targets", "Targets", targets,
      [
        Column("Target", isHeader: true) { "\(targetLabel($0.target))" },
        Column("Stands") { targetState($0.state) }, Column("Runs out (UTC)") { dueTime($0.dueAt) },
        Column("Business minutes", .number) { "\(grouped($0.minutes))" },
        Column("Calendar", .id) { "\($0.calendarID), version \($0.calendarVersion)" },
      ])
  }

  private var messagesSection: HTML {
    if messages.isEmpty { return section("messages", "Messages", "<p>There are none yet.</p>") }
    let articles = messages.map { message -> HTML in
      let name = "message-\(message.position)"
      return """
        <article class="message \(message.authorRole)" aria-labelledby="\(name)">
        <h3 id="\(name)"><span class="id">\(message.author)</span>, \
        \(spacedWords(message.authorRole)), \(time(message.postedAt)) UTC</h3>
        \(words(message.body))\(attachments(message))</article>
        """
    }
    return section("messages", "Messages", HTML(joining: articles))
  }

  /// The evidence that a message names; the table of evidence has the details.
  private func attachments(_ message: MessageRow) -> HTML? {
    let names = message.attachments.value.elements?.map { attachment -> HTML in
      let bytes = grouped(Int(attachment["bytes"]?.integer ?? 0))
      return """
        <li><span class="id">\(attachment["evidenceKey"]?.string ?? "")</span>: \
        \(bytes) bytes of \(attachment["mime"]?.string ?? "")</li>
        """
    }
    guard let names, !names.isEmpty else { return nil }
    return "<ul class=\"attachments\" aria-label=\"Attachments\">\n\(HTML(joining: names))\n</ul>"
  }

  private var evidenceSection: HTML {
    tableSection(
      "evidence", "Evidence", evidence,
      [
        Column("Evidence", .id, isHeader: true) { "\($0.evidenceKey)" },
        Column("Type") { "\($0.mime)" }, Column("Bytes", .number) { "\(grouped($0.bytes))" },
        Column("Description", .text) { $0.description.map { "\($0)" } },
        Column("SHA-256", .id) { "\($0.sha256)" },
      ])
  }
}
