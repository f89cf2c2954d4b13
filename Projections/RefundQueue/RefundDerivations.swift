// How the amount of each refund came about (R2), as the refund's page shows it: the rows of
// Domain's Derivation, of what is asked for now.

public import Domain
public import EventSourcing
public import Events
import HTML
public import SQLite

extension RefundQueue {
  static let derivationSchema = """
    CREATE TABLE refund_derivations (
      tenant TEXT NOT NULL, refund_id TEXT NOT NULL, number INTEGER NOT NULL,
      what TEXT NOT NULL, calculation TEXT NOT NULL, rounding TEXT NOT NULL,
      -- no amount makes it a heading
      amount INTEGER,
      PRIMARY KEY (tenant, refund_id, number)
    ) STRICT, WITHOUT ROWID;
    """

  static func write(
    _ derivation: Derivation, of id: RefundID, tenant: TenantID, to database: Database
  ) throws {
    try database.run(
      "DELETE FROM refund_derivations WHERE tenant = ? AND refund_id = ?", tenant.rawValue,
      id.rawValue)
    for (number, row) in derivation.rows.enumerated() {
      try database.run(
        "INSERT INTO refund_derivations VALUES (?, ?, ?, ?, ?, ?, ?)", tenant.rawValue,
        id.rawValue, number, row.what, row.calculation, row.rounding, row.amount)
    }
  }

  /// The rows of the derivation, in its order.
  public static func derivation(
    of id: RefundID, tenant: TenantID, in database: Database
  ) throws -> [Derivation.Row] {
    try database.rows(
      """
      SELECT what, calculation, rounding, amount FROM refund_derivations
      WHERE tenant = ? AND refund_id = ? ORDER BY number
      """, tenant.rawValue, id.rawValue,
      row: {
        Derivation.Row(
          what: $0.text(0), calculation: $0.text(1), rounding: $0.text(2),
          amount: $0.optionalInt(3))
      })
  }
}

extension RefundPage {
  static func table(_ derivation: [Derivation.Row], currency: String) -> HTML {
    let rows = derivation.map { row -> HTML in
      guard let amount = row.amount else {
        return """
          <tr><th scope="row" colspan="4">\(row.what)</th></tr>
          """
      }
      return """
        <tr><td>\(row.what)</td><td class="number">\(row.calculation)</td>\
        <td>\(row.rounding)</td><td class="number">\(money(amount, currency))</td></tr>
        """
    }
    return """
      <section class="derivation"><h2 id="derivation">How the amount came about</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="derivation"><table>
      <thead><tr><th scope="col">What</th><th scope="col" class="number">Calculation</th>\
      <th scope="col">Rounding</th><th scope="col" class="number">Amount</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }
}
