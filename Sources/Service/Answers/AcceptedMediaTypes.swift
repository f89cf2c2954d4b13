// What an Accept header prefers (RFC 9110, section 12.5.1), as far as problems need it.

/// The weights of HTML and JSON in an Accept header.
struct AcceptedMediaTypes {
  private var html = 0.0
  private var json = 0.0

  init(_ header: String) {
    for range in header.split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      let weight = parts.dropFirst().first { $0.hasPrefix("q=") }
        .flatMap { Double($0.dropFirst(2)) }
      switch parts.first {
      case "text/html", "application/xhtml+xml": html = max(html, weight ?? 1)
      case "application/json", "application/problem+json": json = max(json, weight ?? 1)
      default: break
      }
    }
  }

  /// Whether HTML is named, and named before JSON: browsers do.
  var preferHTML: Bool { html > json }

  var preferJSON: Bool { json > html }
}
