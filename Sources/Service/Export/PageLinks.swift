// The links in the markup of a page. Texts of persons are escaped, so `href="` is never one of
// theirs.

enum PageLinks {
  private static let start = #" href=""#

  /// What the page links to inside the service, in its order.
  static func targets(in markup: String, of page: PageTarget) -> [PageTarget] {
    let parts = markup.split(separator: start, omittingEmptySubsequences: false)
    return parts.dropFirst().compactMap { target($0.prefix { $0 != "\"" }, of: page)?.target }
  }

  /// The page with links to files. A link to what has no file becomes plain text, and forms, which
  /// need the service, are left out.
  ///
  /// - Parameter file: the name of a target's file.
  static func rewritten(
    _ markup: String, of page: PageTarget, file: (PageTarget) -> String?
  ) -> String {
    let parts = withoutForms(markup).split(separator: start, omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts[0])) { result, part in
      let link = part.prefix { $0 != "\"" }
      let rest = part[link.endIndex...].dropFirst()
      guard let (target, fragment) = target(link, of: page) else {
        result += "\(start)\(link)\"\(rest)"
        return
      }
      result += file(target).map { "\(start)\($0)\(fragment)\"\(rest)" } ?? String(rest)
    }
  }

  /// - Returns: `nil` for a link to a place of the same page, and for one that leads outside.
  private static func target(
    _ link: Substring, of page: PageTarget
  ) -> (target: PageTarget, fragment: Substring)? {
    guard link.hasPrefix("/") && !link.hasPrefix("//") || link.hasPrefix("?") else { return nil }
    let fragment = link.drop { $0 != "#" }
    let parts = link[..<fragment.startIndex].split(
      separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.count > 1 ? String(parts[1]).replacing("&amp;", with: "&") : ""
    let path = parts[0].isEmpty ? page.path : String(parts[0])
    return (PageTarget(path: path, query: query), fragment)
  }

  private static func withoutForms(_ markup: String) -> String {
    let parts = markup.split(separator: "<form ", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts[0])) { result, part in
      let end = part.firstRange(of: "</form>")?.upperBound ?? part.startIndex
      result += part[end...]
    }
  }
}
