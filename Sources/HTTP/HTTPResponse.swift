// A complete answer.

/// An answer with its whole body.
public struct HTTPResponse: Sendable {
  /// From 200 to 599.
  public var status: Int

  /// `Content-Length`, `Transfer-Encoding`, `Connection` and `Date` are the server's business; what
  /// is said about them here is ignored.
  public var headers: [(name: String, value: String)]

  public var body: [UInt8]

  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A problem document of type `about:blank` (RFC 9457 section 4.2.1).
  public static func problem(status: Int, detail: String) -> HTTPResponse {
    let text =
      #"{"type":"about:blank","title":"\#(title(of: status))","status":\#(status),"#
      + #""detail":"\#(escaped(detail))"}"#
    return HTTPResponse(
      status: status, headers: [("Content-Type", "application/problem+json")],
      body: Array((text + "\n").utf8))
  }

  private static func title(of status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 417: "Expectation Failed"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    default: "Status \(status)"
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\0"..<" ": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// On every answer: a browser takes it for what `Content-Type` says, and gives it to no page of
  /// another origin.
  private static let always = [
    (name: "X-Content-Type-Options", value: "nosniff"),
    (name: "Cross-Origin-Resource-Policy", value: "same-origin"),
  ]

  /// The header lines as they are sent; `nil` if one of them, or the status, is malformed.
  var headerLines: [UInt8]? {
    guard (200...599).contains(status) else { return nil }
    return HeaderLines.encode(
      headers + Self.always, without: ["content-length", "transfer-encoding", "connection", "date"])
  }

  /// What a peer gets of a status and header lines.
  init(status: Int, headerLines: [UInt8], body: [UInt8] = []) {
    self.init(status: status, body: body)
    HeaderLines.forEach(in: headerLines) { headers.append(($0.name, $0.value)) }
  }
}
