// What a link of a page leads to inside the service, and the file that a page becomes. What must
// hold: different targets have different files, and a name needs no escape in a link.

/// A path of the service with its query, as links have it.
struct PageTarget: Hashable, Sendable {
  var path: String
  /// Without its question mark; empty where there is none.
  var query: String

  static let front = PageTarget(path: "/", query: "")

  var text: String { query.isEmpty ? path : "\(path)?\(query)" }

  /// Whether its file can be named after it.
  var isPlain: Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/?&=_-".utf8.contains(byte)
      }
    }
  }
}

/// The files of pages: `/tenants/acme/refunds?status=pending` is
/// `tenants.acme.refunds,status=pending.html`.
struct PageNames {
  /// The page that the front page is, where it leads to another one.
  var front = PageTarget.front

  subscript(target: PageTarget) -> String {
    if target == front || target == .front { return "index.html" }
    let path = target.path.split(separator: "/").joined(separator: ".")
    let query = target.query.split(separator: "&").map { ",\($0)" }.joined()
    return "\(path)\(query).html"
  }
}
