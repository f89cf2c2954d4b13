// From a reply or a problem to bytes: JSON with its newline, a page in its shell, a stream piece by
// piece. Nothing is cached, because the next command may change any answer.

import EventSourcing
import HTML
import HTTP
import JSON
import Routing

struct AnswerWriter: Sendable {
  var exchange: HTTPExchange
  var requestID: String
  /// Counts the answer when it leaves.
  var measured: MeasuredRequest
  var navigation: [(title: String, path: PathTemplate)]
  /// `nil` on pages that are about no tenant.
  var tenant: TenantID?
  /// The read models of the route that have stopped.
  var stopped: [String] = []
  /// When the page's numbers were checked last.
  var verification: PageVerification?
  /// Whether this service moves no money.
  var arePaymentsSimulated: Bool
  /// Whether the path is a page's, so that its problems are pages for every client.
  var isPagePath: Bool

  private var frame: PageFrame {
    PageFrame(
      navigation: navigation, path: exchange.request.path, tenant: tenant,
      stopped: stopped, verification: verification, arePaymentsSimulated: arePaymentsSimulated)
  }

  /// Sends an answer that is no stream.
  func send(_ result: Result<Reply, Problem>) {
    switch result {
    case .failure(let problem): send(problem)
    case .success(let reply): respond(whole(reply) ?? response(.internalError))
    }
  }

  /// Answers with what a handler threw.
  func send(failure error: any Error) { send(Problem(error, requestID: requestID)) }

  func send(_ problem: Problem) { respond(response(problem)) }

  private func respond(_ response: HTTPResponse) {
    // First, so that a caller who asks for the counters next finds it in them.
    measured.end(response.status)
    exchange.respond(response)
  }

  /// Sends an answer, and writes its stream to the end where it is one.
  func send(_ reply: Reply) async {
    guard case .stream(let mediaType, let write) = reply.body else {
      return send(.success(reply))
    }
    let stream = exchange.startStream(
      status: reply.status.rawValue, headers: headers(reply, mediaType))
    // A feed may follow the log for days; what is measured is how soon it begins.
    measured.end(reply.status.rawValue)
    // A stream that is dropped before it is finished shows its reader that something is missing.
    do {
      if exchange.request.method != "HEAD" { try await write(StreamWriter(stream: stream)) }
      stream.finish()
    } catch {
      complain(.warning, "requests", "an answer broke off: \(error)", requestID: requestID)
    }
  }

  /// - Returns: `nil` for a stream.
  private func whole(_ reply: Reply) -> HTTPResponse? {
    switch reply.body {
    case .empty: response(reply, nil, [])
    case .json(let value):
      response(reply, "application/json", value.json + [UInt8(ascii: "\n")])
    case .page(let page):
      response(reply, Self.html, Array(PageShell.wrap(page, in: frame).utf8), Self.pageHeaders)
    case .bytes(let bytes, let mediaType): response(reply, mediaType, bytes)
    case .stream: nil
    }
  }

  private func response(
    _ reply: Reply, _ mediaType: String?, _ body: [UInt8],
    _ more: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    var headers = headers(reply, mediaType)
    headers += more
    return HTTPResponse(status: reply.status.rawValue, headers: headers, body: body)
  }

  private func headers(
    _ reply: Reply, _ mediaType: String?
  ) -> [(name: String, value: String)] {
    let noStore = (name: "Cache-Control", value: "no-store")
    let id = (name: RequestID.header, value: requestID)
    guard let mediaType else { return [noStore, id] + reply.headers }
    var headers = [(name: "Content-Type", value: mediaType), noStore, id]
    headers += reply.headers
    return headers
  }

  private func response(_ problem: Problem) -> HTTPResponse {
    var response = document(problem.naming(requestID))
    response.headers.append((RequestID.header, requestID))
    return response
  }

  private func document(_ problem: Problem) -> HTTPResponse {
    let isBrowser = AcceptedMediaTypes(exchange.request.header("accept") ?? "").preferHTML
    guard isPagePath || isBrowser else { return problem.response }
    let title = problem.status.phrase
    let page = Page(
      title: title,
      body: """
        <h1>\(title)</h1>
        <p>\(problem.detail)</p>
        <p><a href="/">All tenants</a></p>
        """)
    return HTTPResponse(
      status: problem.status.rawValue,
      headers: [("Content-Type", Self.html), ("Cache-Control", "no-store")] + problem.headers
        + Self.pageHeaders,
      body: Array(PageShell.wrap(page, in: frame).utf8))
  }

  private static let html = "text/html; charset=utf-8"

  private static let pageHeaders = [
    (
      name: "Content-Security-Policy",
      value: "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'"
    ),
    (name: "Referrer-Policy", value: "no-referrer"),
  ]
}

/// A stream of the server as what a handler writes to.
private struct StreamWriter: BodyWriter {
  var stream: HTTPBodyStream

  func write(_ bytes: [UInt8]) async -> Bool { await stream.write(bytes) }

  func onClose(_ call: @escaping @Sendable () -> Void) { stream.onClose(call) }
}

extension Problem {
  var response: HTTPResponse {
    HTTPResponse(
      status: status.rawValue,
      headers: [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
        + headers,
      body: json.json + [UInt8(ascii: "\n")])
  }

  /// A 405 names what is allowed, a 401 how to sign in (RFC 6750), a 503 when to try again.
  var headers: [(name: String, value: String)] {
    (allowedMethods.isEmpty ? [] : [("Allow", allowedMethods.joined(separator: ", "))])
      + (status == .unauthorized ? [("WWW-Authenticate", "Bearer")] : [])
      + (retryAfterSeconds.map { [("Retry-After", "\($0)")] } ?? [])
  }
}

extension Problem {
  fileprivate func naming(_ requestID: String) -> Problem {
    var problem = self
    problem.extensions.append(.init("requestId", .string(requestID)))
    return problem
  }

  /// The answer where there is no request that a route could answer.
  func response(requestID: String) -> HTTPResponse {
    var response = naming(requestID).response
    response.headers.append((RequestID.header, requestID))
    return response
  }
}
