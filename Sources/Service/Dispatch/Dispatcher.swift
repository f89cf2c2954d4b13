// From a request to its answer, by the route table. What must always hold: a handler runs only for
// a principal whose grant has the route's permission and the tenant, over a way that the route
// allows, with valid parameters, a registered tenant, a body of an accepted media type and size,
// and read models that have reached `minPosition`. What the head of a request shows is checked
// before its body is waited for, and again when it is there.

import EventLog
import EventSourcing
import HTTP
import Projecting
import Routing
import Threading

struct Dispatcher: Sendable {
  var table: RouteTable
  var identity: Identity
  var tenants: TenantDirectory
  var projections: ProjectionRuntime
  var executor: BlockingExecutor
  var metrics: RouteMetrics
  var clock: @Sendable () -> Timestamp
  /// How long a read waits for its read models to have `minPosition`.
  var waitSeconds: Double
  /// Whether this service moves no money.
  var arePaymentsSimulated: Bool

  /// Says whether the body of a request is wanted.
  func admission(of head: HTTPRequest.Head) -> HTTPAdmission {
    let begin = Moment.now
    let request = head.request
    let segments = request.pathSegments
    let match = table.match(request.method, segments)
    do throws(Problem) {
      let admitted = try admit(request, segments, match)
      try Self.allowBody(of: head.bodySize ?? 0, admitted.route)
      return .admitted(bodySizeMax: admitted.route.bodySizeMax)
    } catch {
      metrics.request(of: match, since: begin).end(error.status.rawValue)
      return .refused(error.response(requestID: RequestID(of: request).text))
    }
  }

  /// Answers one request, now or later.
  func handle(_ exchange: HTTPExchange) {
    let begin = Moment.now
    let request = exchange.request
    let segments = request.pathSegments
    let match = table.match(request.method, segments)
    let answers = AnswerWriter(
      exchange: exchange, requestID: RequestID(of: request).text,
      measured: metrics.request(of: match, since: begin), navigation: table.navigation,
      arePaymentsSimulated: arePaymentsSimulated, isPagePath: isPagePath(segments, match))
    do throws(Problem) {
      // Anew: the body may have come minutes after the head, and a grant may have ended meanwhile.
      let admitted = try admit(request, segments, match)
      try Self.allowBody(of: request.body.count, admitted.route)
      let caller = RequestCaller(identity: identity, request: request, clock: clock)
      guard let counter = caller.counter(of: admitted.principal, for: admitted.route) else {
        return answer(exchange, segments, admitted, caller, answers)
      }
      let countAndAnswer: @Sendable () -> Void = {
        do throws(Problem) { try caller.count(1, by: counter) } catch { return answers.send(error) }
        answer(exchange, segments, admitted, caller, answers)
      }
      // The thread that serves all connections does not wait for Redis.
      if identity.rates.isShared { executor.run(countAndAnswer) } else { countAndAnswer() }
    } catch { answers.send(error) }
  }

  /// Answers a request that was admitted and counted.
  private func answer(
    _ exchange: HTTPExchange, _ segments: [String], _ admitted: Admitted, _ caller: RequestCaller,
    _ answers: AnswerWriter
  ) {
    let request = exchange.request
    let (route, principal, mediaType) = admitted
    do throws(Problem) {
      let values = try route.values(path: segments, query: request.query)
      try Self.requireHeaders(request, route)
      switch route.handler {
      case .quick(let handle):
        handle(call(exchange, caller, principal, mediaType, nil, values)) { answers.send($0) }
      case .blocking(let handle):
        Task(executorPreference: executor) {
          var answers = answers
          do {
            let tenant = try tenants.resolve(for: route, values, principal)
            answers.tenant = tenant
            try await wait(for: route, tenant, values)
            let call = call(exchange, caller, principal, mediaType, tenant, values)
            try Self.requireOwn(call, route)
            if route.kind != .api {
              answers.stopped = route.readModels.filter(projections.hasStopped)
              answers.verification = tenant.flatMap {
                PageVerification(of: $0, route.readModels, in: projections)
              }
            }
            await answers.send(try await handle(call))
          } catch { answers.send(failure: error) }
        }
      }
    } catch { answers.send(error) }
  }

  private typealias Admitted = (route: Route, principal: Principal, mediaType: String)

  /// Checks what the head of a request shows.
  private func admit(
    _ request: HTTPRequest, _ segments: [String], _ match: RouteTable.Match
  ) throws(Problem) -> Admitted {
    if request.peer == nil { try Self.allowOnLoopback(request) }
    let principal =
      try match.isPublic
      ? .stranger
      : RequestCaller(identity: identity, request: request, clock: clock).principalNow()
    let route = try route(of: match, request, segments)
    try principal.require(route.permission, for: route.path)
    let mediaType = route.request == nil ? "" : request.mediaType
    try Self.allow(request, mediaType, by: route)
    return (route, principal, mediaType)
  }

  private func call(
    _ exchange: HTTPExchange, _ caller: RequestCaller, _ principal: Principal,
    _ mediaType: String, _ tenant: TenantID?, _ values: ParameterValues
  ) -> Call {
    let request = exchange.request
    return Call(
      path: request.path, peer: request.peer.map { Call.Peer(uid: $0.uid, pid: $0.pid) },
      principal: principal, isHead: request.method == "HEAD", body: request.body,
      mediaType: mediaType, receivedAt: clock(),
      tenant: tenant, values: values, header: { exchange.request.header($0) }, caller: caller)
  }

  // MARK: Who asks

  /// A customer sees what is their own; everything else is answered as if it did not exist.
  private static func requireOwn(_ call: Call, _ route: Route) throws {
    guard let customer = call.principal.grant.customer,
      route.permission?.isOfEveryPrincipal != true
    else { return }
    guard let owner = route.owner else {
      throw Problem(
        .notPermitted,
        detail: "\(route.path) shows more than what is a customer's own.")
    }
    do {
      if try owner(call) == customer { return }
    } catch let problem as Problem where problem.status == .notFound {}
    throw Problem.notFound("There is no \(call.path.prefix(80)) among what is \(customer)'s own.")
  }

  // MARK: Finding the route

  private func route(
    of match: RouteTable.Match, _ request: HTTPRequest, _ segments: [String]
  ) throws(Problem) -> Route {
    switch match {
    case .route(let route): return route
    case .methodNotAllowed(let allowed, _):
      throw Problem(
        .methodNotAllowed,
        detail: "\(request.path.prefix(80)) does not answer \(request.method.prefix(20)); use "
          + allowed.joined(separator: ", ") + ".",
        allowedMethods: allowed)
    case .notFound:
      let wantsPage =
        table.pageRoots.contains(segments.first ?? "")
        || AcceptedMediaTypes(request.header("accept") ?? "").preferHTML
      throw .notFound(
        "There is no \(request.path.prefix(80)). This service has "
          + table.paths(near: segments, ofPages: wantsPage)
          .joined(separator: ", ") + ".")
    }
  }

  /// Whether a path is a page's, or lies below one's first segment.
  private func isPagePath(_ segments: [String], _ match: RouteTable.Match) -> Bool {
    switch match {
    case .route(let route): route.kind != .api
    case .methodNotAllowed(_, let kind): kind != .api
    case .notFound: table.pageRoots.contains(segments.first ?? "")
    }
  }

  // MARK: What a route allows

  /// The loopback address reads only, and only under a loopback name: a page of another site must
  /// not reach it by pointing its own name at this address.
  private static func allowOnLoopback(_ request: HTTPRequest) throws(Problem) {
    guard request.method == "GET" || request.method == "HEAD" else {
      throw Problem(
        .readOnly,
        detail: "The loopback address answers GET and HEAD only. Send \(request.method.prefix(20)) "
          + "over the Unix socket, which identifies the peer.")
    }
    // A browser sends the cookie also from pages of other ports of this machine. A link that was
    // followed from another place leads to nothing but the login.
    let site = request.header("sec-fetch-site") ?? "none"
    guard ["none", "same-origin"].contains(site) || request.path.hasPrefix("/login/") else {
      throw Problem(
        .otherSite,
        detail: "Another page sent this request (Sec-Fetch-Site: \(site.prefix(40))). Open the "
          + "address itself.")
    }
    let host = request.header("host") ?? ""
    let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
    guard ["localhost", "127.0.0.1", "[::1]"].contains(name.lowercased()) else {
      throw Problem(
        .wrongHost,
        detail: "The Host is \(host.prefix(80)); this address answers to localhost only.")
    }
  }

  private static func allow(
    _ request: HTTPRequest, _ mediaType: String, by route: Route
  ) throws(Problem) {
    guard route.access == .loopback || request.peer != nil else {
      throw Problem(
        .socketOnly,
        detail: "\(route.path) is answered on the Unix socket only, which identifies the peer.")
    }
    guard let accepted = route.request else { return }
    guard accepted.mediaTypes.isEmpty || accepted.mediaTypes.contains(mediaType) else {
      throw Problem(
        .unsupportedMediaType,
        detail: "The Content-Type is \(mediaType.isEmpty ? "missing" : mediaType.prefix(60)); "
          + "send \(accepted.type) as \(accepted.mediaTypes.joined(separator: " or ")).")
    }
  }

  private static func allowBody(of byteCount: Int, _ route: Route) throws(Problem) {
    guard byteCount > route.bodySizeMax else { return }
    guard let accepted = route.request else {
      throw Problem(
        .noBodyExpected,
        detail: "\(route.method.rawValue) \(route.path) takes no body. Send it without one.")
    }
    throw Problem(
      accepted.tooLarge,
      detail: "A body of \(byteCount) bytes is too large for \(accepted.type); at most "
        + "\(accepted.byteCountMax) bytes are accepted.")
  }

  private static func requireHeaders(_ request: HTTPRequest, _ route: Route) throws(Problem) {
    for header in route.headers where header.isRequired {
      guard (request.header(header.name) ?? "").isEmpty else { continue }
      throw .badRequest("\(header.name): the header is missing; it is \(header.expectation).")
    }
  }

  /// Waits until the read models of a route have the position that the caller wrote.
  private func wait(
    for route: Route, _ tenant: TenantID?, _ values: ParameterValues
  ) async throws(Problem) {
    guard let tenant, route.waits, let position = values[Route.minPosition] else { return }
    let end = tenants.log.durableEnd(of: tenant)
    guard UInt64(position) < end.value else {
      throw .invalidValue(
        "minPosition: \(position) is not recorded in \(tenant), which has \(end) events; give a "
          + "position that an answer to a command named.")
    }
    for model in route.readModels {
      let isThere = await projections.wait(
        for: Position(UInt64(position)), of: tenant, in: model, seconds: waitSeconds)
      guard isThere else {
        throw Problem(
          .notThereYet,
          detail: projections.hasStopped(model)
            ? "\(model) has stopped before position \(position) of \(tenant); GET /readyz says "
              + "why. An operator has to rebuild it with redress projections rebuild."
            : "\(model) has not applied position \(position) of \(tenant) in time; "
              + "GET /readyz shows its progress. Try again.")
      }
    }
  }
}

extension Route {
  fileprivate var bodySizeMax: Int { request?.byteCountMax ?? 0 }
}

extension HTTPRequest {
  /// The `Content-Type` without its parameters, in lower case; empty where there is none.
  fileprivate var mediaType: String {
    let type = header("content-type") ?? ""
    // Almost always there is nothing to take away.
    let isPlain = type.utf8.allSatisfy { byte in
      byte != UInt8(ascii: ";") && byte != UInt8(ascii: " ")
        && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    return isPlain ? type : type.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
  }
}
