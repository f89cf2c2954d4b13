// The parts of pages besides tables: facts, links, paging, and the banner of a tenant that is not
// active.

package import HTML
import Projecting

/// A section of names and values; those without a value are left out.
package func factsSection(_ facts: [(String, HTML?)]) -> HTML {
  section("facts", "Facts", factList(facts))
}

package func factList(_ facts: [(String, HTML?)]) -> HTML {
  let items = facts.compactMap { name, value -> HTML? in
    value.map { "<div><dt>\(name)</dt><dd>\($0)</dd></div>" }
  }
  return "<dl>\n\(HTML(joining: items))\n</dl>"
}

/// The link back to the list.
package func breadcrumb(_ path: String, _ title: String) -> HTML {
  "<nav aria-label=\"Where you are\"><a href=\"\(path)\">\(title)</a></nav>"
}

package func link(_ path: String, _ text: String) -> HTML { "<a href=\"\(path)\">\(text)</a>" }

package func time(_ time: String) -> HTML { "<time datetime=\"\(time)\">\(clock(time))</time>" }

/// The link to the next page of a list, if there is one.
///
/// - Parameters:
///   - parameter: the query parameter of the list's position.
///   - filter: other query parameters, which the next page keeps.
///   - anchor: the section's id.
func older<R: Positioned>(
  _ slice: RowSlice<R>, by parameter: String = "before", filter: [(String, String?)] = [],
  anchor: String
) -> HTML? {
  guard let next = slice.next else { return nil }
  let query = (filter + [(parameter, "\(next)")]).compactMap { name, value in
    value.map { "\(name)=\(percentEncoded($0))" }
  }
  return """
    <nav aria-label="Pages of \(anchor)">\
    <a rel="next" href="?\(query.joined(separator: "&"))#\(anchor)">Older</a></nav>
    """
}

/// Links that filter a list by status.
func statusFilter(_ statuses: [String]) -> HTML {
  let links = statuses.map { link("?status=\($0)", spacedWords($0)) }
  return """
    <nav aria-label="By status"><a href="?">all</a>
    \(HTML(joining: links))</nav>
    """
}

/// A text as part of a link (RFC 3986, section 2.1).
func percentEncoded(_ text: String) -> String {
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

/// The section of an overview that lists rows, newest first.
///
/// - Parameters:
///   - filtered: the heading of a list that shows some rows only.
///   - isWhole: whether this is the first page of all rows.
///   - search: a form above the table.
func listSection<R: Positioned>(
  _ noun: String, of filtered: String?, isWhole: Bool, _ slice: RowSlice<R>,
  _ columns: [Column<R>], filter: [(String, String?)], search: HTML? = nil
) -> HTML {
  let words = noun.lowercased()
  let all: HTML? = isWhole ? nil : "<p><a href=\"?#all\">All \(words), newest first</a></p>"
  return section(
    "all", filtered ?? "All \(words)", search, all,
    slice.rows.isEmpty ? "<p>There is none.</p>" : table("all", slice.rows, columns),
    older(slice, filter: filter, anchor: "all"))
}
