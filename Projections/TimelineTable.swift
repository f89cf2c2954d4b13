// What happened to something, oldest first, as a table: on the page of a refund, a return and a
// case.

import HTML

enum TimelineTable {
  /// - Parameter currency: what amounts are in; `nil` where there are none.
  static func render(_ timeline: [TimelineEntry], currency: String? = nil) -> HTML {
    let heading: HTML? = currency.map { _ in "<th scope=\"col\" class=\"number\">Amount</th>" }
    let rows = timeline.map { entry -> HTML in
      let amount: HTML? = currency.map { currency in
        "<td class=\"number\">\(entry.amount.map { money($0, currency) } ?? "")</td>"
      }
      return """
        <tr><td class="number">\(grouped(entry.position))</td>\
        <td><time datetime="\(entry.time)">\(clock(entry.time))</time></td>\
        <th scope="row">\(spaced(entry.type))</th><td class="id">\(entry.actor)</td>\
        \(amount)\
        <td class="text">\(entry.note ?? "")</td></tr>
        """
    }
    return """
      <section class="timeline"><h2 id="timeline">Timeline</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="timeline"><table>
      <thead><tr><th scope="col" class="number">Position</th><th scope="col">Time (UTC)</th>\
      <th scope="col">What happened</th><th scope="col">By</th>\
      \(heading)<th scope="col">Detail</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }
}
