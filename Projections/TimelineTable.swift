// What happened to something, oldest first, as a table: on the page of a refund and of a return.

import HTML

enum TimelineTable {
  static func render(_ timeline: [TimelineEntry], currency: String) -> HTML {
    let rows = timeline.map { entry -> HTML in
      """
      <tr><td class="number">\(grouped(entry.position))</td>\
      <td><time datetime="\(entry.time)">\(clock(entry.time))</time></td>\
      <th scope="row">\(spaced(entry.type))</th><td class="id">\(entry.actor)</td>\
      <td class="number">\(entry.amount.map { money($0, currency) } ?? "")</td>\
      <td class="text">\(entry.note ?? "")</td></tr>
      """
    }
    return """
      <section class="timeline"><h2 id="timeline">Timeline</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="timeline"><table>
      <thead><tr><th scope="col" class="number">Position</th><th scope="col">Time (UTC)</th>\
      <th scope="col">What happened</th><th scope="col">By</th>\
      <th scope="col" class="number">Amount</th><th scope="col">Detail</th></tr></thead>
      <tbody>
      \(HTML(joining: rows))
      </tbody></table></div></section>
      """
  }
}
