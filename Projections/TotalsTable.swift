// Overview pages begin with how many there are in each status, and what these come to.

import HTML

/// The totals by status, each status a link to those that have it.
///
/// - Parameters:
///   - statuses: all of them, in the order of a life.
///   - noun: what is counted, such as `Refund`.
func totalsTable(_ totals: [RefundTotal], by statuses: [String], of noun: String) -> HTML {
  if totals.isEmpty {
    return """
      <section class="totals"><h2 id="totals">By status</h2>
      <p>No \(noun.lowercased()) was requested yet.</p></section>
      """
  }
  let sorted = totals.sorted {
    (statuses.firstIndex(of: $0.status) ?? 0, $0.currency)
      < (statuses.firstIndex(of: $1.status) ?? 0, $1.currency)
  }
  let rows = sorted.map { total -> HTML in
    """
    <tr><th scope="row"><a href="?status=\(total.status)#all">\
    \(statusBadge(total.status))</a></th><td class="number">\(grouped(total.count))</td>\
    <td class="number">\(money(total.amount, total.currency))</td></tr>
    """
  }
  return """
    <section class="totals"><h2 id="totals">By status</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="totals"><table>
    <thead><tr><th scope="col">Status</th><th scope="col" class="number">\(noun)s</th>\
    <th scope="col" class="number">Amount</th></tr></thead>
    <tbody>
    \(HTML(joining: rows))
    </tbody></table></div></section>
    """
}
