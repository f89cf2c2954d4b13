// What strangers write, as HTML that does nothing but say it. What must hold
// of any input, however hostile:
//
// - the only tags are p, strong, em, code, pre, blockquote, ul, ol, li, hr, br and a; the only
//   attributes are an a's href, an ol's start and a code's class, which names its language;
// - a link leads to http, https or mailto; another is its text;
// - an image is its description, a heading a paragraph in bold, and HTML is shown as it was typed;
// - more than 16 KiB are cut off.

internal import CCMark
internal import Glibc

/// Renders CommonMark of strangers.
public enum Markdown {
  /// What is looked at of a text, in bytes.
  public static let byteCountMax = 16_384

  /// The text as HTML that is safe in any page.
  public static func html(_ text: String) -> String {
    let bytes = capped(text)
    if bytes.isEmpty { return "" }
    let root = unsafe bytes.withUnsafeBytes { bytes in
      unsafe cmark_parse_document(
        bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, CMARK_OPT_VALIDATE_UTF8
      )
    }
    guard let root = unsafe root else { preconditionFailure("cmark: out of memory") }
    defer { unsafe cmark_node_free(root) }
    // Inner ones first: what is around them may be replaced by what is in them.
    let all = unsafe nodes(of: root)
    for index in unsafe all.indices.reversed() { unsafe tame(all[index]) }
    guard let html = unsafe cmark_render_html(root, CMARK_OPT_DEFAULT) else {
      preconditionFailure("cmark: out of memory")
    }
    defer { unsafe free(html) }
    return unsafe String(cString: html)
  }

  /// As much of the text as is looked at, ending with a whole character.
  private static func capped(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8.prefix(byteCountMax + 1))
    guard bytes.count > byteCountMax else { return bytes }
    // The bytes after the first of a character are 10xxxxxx.
    var end = byteCountMax
    while bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(bytes[..<end])
  }

  private static func nodes(of root: OpaquePointer) -> [OpaquePointer] {
    guard let iterator = unsafe cmark_iter_new(root) else {
      preconditionFailure("cmark: out of memory")
    }
    defer { unsafe cmark_iter_free(iterator) }
    var nodes: [OpaquePointer] = unsafe []
    while true {
      let event = unsafe cmark_iter_next(iterator)
      if event == CMARK_EVENT_DONE { return unsafe nodes }
      if event == CMARK_EVENT_ENTER, let node = unsafe cmark_iter_get_node(iterator) {
        unsafe nodes.append(node)
      }
    }
  }

  /// Makes one node harmless.
  private static func tame(_ node: OpaquePointer) {
    switch unsafe cmark_node_get_type(node) {
    case CMARK_NODE_HTML_INLINE: unsafe replace(node, by: text(of: node))
    case CMARK_NODE_HTML_BLOCK:
      let paragraph = unsafe make(CMARK_NODE_PARAGRAPH)
      unsafe cmark_node_append_child(paragraph, text(of: node))
      unsafe replace(node, by: paragraph)
    case CMARK_NODE_HEADING:
      let paragraph = unsafe make(CMARK_NODE_PARAGRAPH)
      let strong = unsafe make(CMARK_NODE_STRONG)
      unsafe cmark_node_append_child(paragraph, strong)
      while let child = unsafe cmark_node_first_child(node) {
        unsafe cmark_node_append_child(strong, child)
      }
      unsafe replace(node, by: paragraph)
    case CMARK_NODE_IMAGE: unsafe lift(node)
    case CMARK_NODE_LINK:
      if unsafe leadsOutside(node) {
        // A title would be one more attribute to make safe.
        unsafe cmark_node_set_title(node, "")
      } else {
        unsafe lift(node)
      }
    default: break
    }
  }

  private static func leadsOutside(_ link: OpaquePointer) -> Bool {
    guard let url = unsafe cmark_node_get_url(link) else { return false }
    let scheme = unsafe String(cString: url).prefix(8).lowercased()
    return ["http://", "https://", "mailto:"].contains(where: scheme.hasPrefix)
  }

  private static func text(of node: OpaquePointer) -> OpaquePointer {
    let text = unsafe make(CMARK_NODE_TEXT)
    var literal = unsafe cmark_node_get_literal(node).map { unsafe String(cString: $0) } ?? ""
    if literal.last == "\n" { literal.removeLast() }
    unsafe cmark_node_set_literal(text, literal)
    return unsafe text
  }

  private static func make(_ type: cmark_node_type) -> OpaquePointer {
    guard let node = unsafe cmark_node_new(type) else {
      preconditionFailure("cmark: out of memory")
    }
    return unsafe node
  }

  private static func replace(_ node: OpaquePointer, by other: OpaquePointer) {
    unsafe cmark_node_replace(node, other)
    unsafe cmark_node_free(node)
  }

  /// Puts what is in a node into its place.
  private static func lift(_ node: OpaquePointer) {
    while let child = unsafe cmark_node_first_child(node) {
      unsafe cmark_node_insert_before(node, child)
    }
    unsafe cmark_node_unlink(node)
    unsafe cmark_node_free(node)
  }
}
