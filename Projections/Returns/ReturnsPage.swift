// The overview of a tenant's returns: what they come to by status and by day, and all of them,
// newest first, or those of the people whose e-mail address begins so.

public import EventSourcing
public import HTML
public import SQLite

/// What the overview shows.
public struct ReturnsPage: Sendable {
  public var tenant: TenantID
  /// Only returns in this status; all when `nil`.
  public var status: String?
  /// Only returns of customers whose e-mail address begins so.
  public var email: String?
  /// Only returns requested before this position.
  public var before: Int?

  public static let pageLength = 25
  static let dayCount = 14

  public init(
    tenant: TenantID, status: String? = nil, email: String? = nil, before: Int? = nil
  ) {
    self.tenant = tenant
    self.status = status
    self.email = email
    self.before = before
  }

  public func render(from database: Database) throws -> Page {
    let totals = try Returns.totals(tenant: tenant, in: database)
    let days = try Returns.days(tenant: tenant, limit: Self.dayCount, in: database)
    let returns = try Returns.returns(
      tenant: tenant, statuses: status.map { [$0] } ?? [], email: email, before: before,
      limit: Self.pageLength + 1, in: database)
    return Page(
      title: "Returns of \(tenant)",
      body: """
        <nav aria-label="Where you are"><a href="/tenants/\(tenant)/refunds">All refunds</a></nav>
        <h1>Returns of \(tenant)</h1>
        \(totalsTable(totals, by: Returns.statuses, of: "Return"))
        \(daysTable(days))
        \(returnsTable(returns))
        """)
  }

  private func daysTable(_ days: [ReturnDay]) -> HTML {
    if days.isEmpty { return "" }
    let rows = days.map { day -> HTML in
      """
      <tr><th scope="row"><time datetime="\(day.day)">\(day.day)</time></th>\
      <td class="number">\(grouped(day.count))</td>\
      <td class="number">\(money(day.amount, day.currency))</td></tr>
      """
    }
    return """
      <section class="days"><h2 id="days">By day of request (UTC)</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="days"><table>
      <thead><tr><th scope="col">Day</th><th scope="col" class="number">Returns</th>\
      <th scope="col" class="number">Estimated</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }

  private var search: HTML {
    """
    <form role="search" method="get" action="#all"><label for="email">E-mail address, or how it \
    begins</label> <input type="search" id="email" name="email" value="\(email ?? "")" \
    maxlength="254" autocomplete="off"> <button>Find returns</button></form>
    """
  }

  private func returnsTable(_ returns: [ReturnRow]) -> HTML {
    let heading =
      email.map { "Returns of \($0)" } ?? status.map { "Returns \(statusLabel($0))" }
      ?? "All returns"
    let rows = returns.prefix(Self.pageLength).map { row -> HTML in
      """
      <tr><th scope="row" class="id">\
      <a href="/tenants/\(tenant)/returns/\(row.returnID)">\(row.returnID)</a></th>\
      <td>\(statusBadge(row.status))</td>\
      <td class="id">\(row.customerID)</td><td class="id">\(row.orderID)</td>\
      <td class="number">\(money(row.amount, row.currency))</td>\
      <td>\(moneyLabel(row))</td>\
      <td><time datetime="\(row.requestedAt)">\(clock(row.requestedAt))</time></td></tr>
      """
    }
    let table: HTML =
      returns.isEmpty
      ? "<p>There is none.</p>"
      : """
      <div class="scroll" tabindex="0" role="region" aria-labelledby="all"><table>
      <thead><tr><th scope="col">Return</th><th scope="col">Status</th>\
      <th scope="col">Customer</th><th scope="col">Order</th>\
      <th scope="col" class="number">Amount</th><th scope="col">Money</th>\
      <th scope="col">Requested (UTC)</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div>
      """
    let all: HTML? =
      status == nil && before == nil && email == nil
      ? nil : #"<p><a href="?#all">All returns, newest first</a></p>"#
    return """
      <section class="all"><h2 id="all">\(heading)</h2>
      \(search)
      \(all)
      \(table)
      \(older(returns))</section>
      """
  }

  private func older(_ returns: [ReturnRow]) -> HTML? {
    guard returns.count > Self.pageLength else { return nil }
    let status = status.map { "status=\($0)&" } ?? ""
    let email = email.map { "email=\(percentEncoded($0))&" } ?? ""
    return """
      <nav aria-label="Pages of the returns">\
      <a rel="next" href="?\(status)\(email)before=\(returns[Self.pageLength - 1].position)#all">\
      Older</a></nav>
      """
  }
}

/// What became of a return's money, in words.
func moneyLabel(_ row: ReturnRow) -> String {
  switch row.money {
  case "refund": "refund \(statusLabel(row.refundStatus ?? "pending"))"
  case "store_credit": "store credit"
  default: row.resolution == "refund" ? "refund due" : "not due"
  }
}

/// A text as part of a link (RFC 3986, section 2.1).
private func percentEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF")
  return text.utf8.reduce(into: "") { encoded, byte in
    let character = Character(Unicode.Scalar(byte))
    if byte < 128, character.isLetter || character.isNumber || "-._~".contains(character) {
      encoded.append(character)
    } else {
      encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }
  }
}
