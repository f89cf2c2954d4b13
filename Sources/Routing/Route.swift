// One route: everything that the service, its reference and its tests have to know of it.
//
//     Route(
//       .get, "/v1/refunds/{refundId}", "One refund with its timeline.", tenant: .query,
//       reads: [RefundQueue.name], permission: "refunds.read", parameters: [refundID],
//       answers: [.json("Refund"), .problem(.notFound)]
//     ) { call in … }
//
// What must always hold: a handler is called only for a request that its route allows, with valid
// parameters. HEAD follows from GET.

public import EventSourcing

/// A method and a path with their handler. A class, because every request holds one.
public final class Route: Sendable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"
  }

  /// Where a request may come from.
  public enum Access: Sendable, Hashable {
    /// The Unix socket only: it changes something, or its answer is personal.
    case socketOnly
    /// The Unix socket and the loopback address.
    case loopback
  }

  /// Which tenant a request is about.
  public enum Tenant: Sendable, Hashable {
    /// None, or one that is a parameter like others.
    case none
    /// `{tenant}` of the path.
    case path
    /// `?tenant=NAME`, which may be absent while there is one tenant.
    case query
    /// The same, refused while the tenant is suspended (T2).
    case activeInQuery
  }

  /// What an answer is for.
  public enum Kind: Sendable, Hashable {
    case api
    /// A page for people; with a place in the navigation of a tenant's pages if it has a title.
    case page(navigation: String?)
  }

  public enum Handler: Sendable {
    /// Runs where blocking is allowed.
    case blocking(@Sendable (Call) async throws -> Reply)
    /// Runs on the thread that serves all connections, so it must return quickly; it answers once,
    /// then or later, from any thread.
    case quick(@Sendable (Call, @escaping @Sendable (Result<Reply, Problem>) -> Void) -> Void)
  }

  /// Finds the customer whom a request's object belongs to; `nil` where there is none.
  public typealias Owner = @Sendable (Call) throws -> String?

  public let method: Method
  public let path: PathTemplate
  /// One sentence.
  public let summary: String
  public let kind: Kind
  public let access: Access
  public let tenant: Tenant
  /// The read models that it reads. A request can wait for them with `minPosition`.
  public let readModels: [String]
  /// What a caller's grant has to name; `nil` for what says nothing of a tenant.
  public let permission: RoutePermission?
  /// The customer whom what is named belongs to; `nil` on routes that show more than one's own.
  public let owner: Owner?
  /// All, also those that follow from ``tenant`` and ``readModels``.
  public let parameters: [any DeclaredParameter]
  /// The headers that the handler reads.
  public let headers: [Header]
  public let request: RequestBody?
  /// All, also those that follow from the rest of the route; except 429 and 500, which
  /// any may give.
  public let answers: [Answer]
  public let handler: Handler

  /// - Parameters:
  ///   - parameters: those of the path and the query, except `tenant` and `minPosition`.
  ///   - answers: the successful answers, and refusals that only the handler knows of.
  public init(
    _ method: Method, _ path: PathTemplate, _ summary: String, kind: Kind = .api,
    access: Access = .loopback, tenant: Tenant = .none, reads readModels: [String] = [],
    permission: RoutePermission? = nil, owner: Owner? = nil,
    parameters: [any DeclaredParameter] = [], headers: [Header] = [],
    request: RequestBody? = nil, answers: [Answer], handler: Handler
  ) {
    self.method = method
    self.path = path
    self.summary = summary
    self.kind = kind
    self.access = access
    self.tenant = tenant
    self.readModels = readModels
    self.permission = permission
    self.owner = owner
    self.parameters = parameters + tenant.parameters + Self.waiting(readModels, kind)
    self.headers = headers
    self.request = request
    self.answers =
      answers
      + Self.refusals(kind, access, tenant, readModels, permission, request)
      .filter { refusal in !answers.contains { $0.status == refusal.status } }
    self.handler = handler
    precondition(
      method == .get || access == .socketOnly, "only GET is answered on the loopback address")
    if case .quick = handler {
      precondition(tenant == .none && readModels.isEmpty, "a quick handler waits for nothing")
    }
    let names = parameters.map(\.declaration).filter { $0.place == .path }.map(\.name)
    precondition(
      Set(names + (tenant == .path ? ["tenant"] : [])) == Set(path.parameterNames),
      "\(path) does not declare its parameters")
  }

  /// The refusals that follow from what a route declares.
  private static func refusals(
    _ kind: Kind, _ access: Access, _ tenant: Tenant, _ readModels: [String],
    _ permission: RoutePermission?, _ request: RequestBody?
  ) -> [Answer] {
    var statuses: [Status] = [.badRequest, .contentTooLarge]
    if access == .socketOnly || permission != nil { statuses.append(.forbidden) }
    if permission != nil { statuses.append(.unauthorized) }
    if tenant != .none { statuses.append(.notFound) }
    // A value that has the right form: no tenant where there are several, a later position.
    if tenant == .query || tenant == .activeInQuery { statuses.append(.unprocessableContent) }
    if tenant == .activeInQuery { statuses.append(.conflict) }
    if kind == .api && !readModels.isEmpty { statuses.append(.serviceUnavailable) }
    if let request, !request.mediaTypes.isEmpty { statuses.append(.unsupportedMediaType) }
    return statuses.map { status in
      kind == .api ? .problem(status) : Answer(status, "Page", mediaType: "text/html")
    }
  }

  /// A route whose handler may block.
  public convenience init(
    _ method: Method, _ path: PathTemplate, _ summary: String, kind: Kind = .api,
    access: Access = .loopback, tenant: Tenant = .none, reads readModels: [String] = [],
    permission: RoutePermission? = nil, owner: Owner? = nil,
    parameters: [any DeclaredParameter] = [], headers: [Header] = [],
    request: RequestBody? = nil, answers: [Answer],
    handle: @escaping @Sendable (Call) async throws -> Reply
  ) {
    self.init(
      method, path, summary, kind: kind, access: access, tenant: tenant, reads: readModels,
      permission: permission, owner: owner, parameters: parameters, headers: headers,
      request: request, answers: answers, handler: .blocking(handle))
  }

  /// A page of a tenant, below `/tenants/{tenant}`.
  ///
  /// - Parameter navigation: its title in the navigation of the tenant's pages, if it has one.
  public static func page(
    _ path: PathTemplate, _ summary: String, navigation: String? = nil,
    reads readModels: [String], permission: RoutePermission, owner: Owner? = nil,
    parameters: [any DeclaredParameter] = [],
    answers: [Answer] = [.page], handle: @escaping @Sendable (Call) async throws -> Reply
  ) -> Route {
    Route(
      .get, path, summary, kind: .page(navigation: navigation), tenant: .path, reads: readModels,
      permission: permission, owner: owner, parameters: parameters, answers: answers,
      handle: handle)
  }

  /// `minPosition`, on routes for programs; a page shows what is there.
  private static func waiting(
    _ readModels: [String], _ kind: Kind
  ) -> [any DeclaredParameter] {
    kind == .api && !readModels.isEmpty ? [minPosition] : []
  }

  /// Whether a request can wait for the read models.
  public var waits: Bool { kind == .api && !readModels.isEmpty }

  /// The position that the read models must have before the answer is made.
  public static let minPosition = Parameter.wholeNumber("minPosition")
}

extension Route.Tenant {
  /// The tenant in the path.
  public static let inPath = Parameter.path("tenant", as: TenantID.self)

  /// The tenant in the query.
  public static let inQuery = Parameter.identifier("tenant", as: TenantID.self)

  fileprivate var parameters: [any DeclaredParameter] {
    switch self {
    case .none: []
    case .path: [Self.inPath]
    case .query, .activeInQuery: [Self.inQuery]
    }
  }
}

/// A header that a route's handler reads.
public struct Header: Sendable, Hashable {
  public var name: String
  /// Completes "It is …".
  public var expectation: String
  public var isRequired: Bool

  public init(_ name: String, _ expectation: String, isRequired: Bool) {
    (self.name, self.expectation, self.isRequired) = (name, expectation, isRequired)
  }
}

/// What a request's body may be.
public struct RequestBody: Sendable, Hashable {
  /// Any if empty.
  public var mediaTypes: [String]
  /// The name of its type in the reference.
  public var type: String
  public var byteCountMax: Int
  /// The problem of a larger body.
  public var tooLarge: ProblemType
  /// What the contract says of the body, by media type.
  public var forms: [Form]

  /// What a body of one media type has to be.
  public struct Form: Sendable, Hashable {
    public var mediaType: String
    /// `nil` for bytes without a form.
    public var shape: JSONShape?

    public init(_ mediaType: String, _ shape: JSONShape?) {
      (self.mediaType, self.shape) = (mediaType, shape)
    }
  }

  public init(
    _ type: String, mediaTypes: [String], forms: [Form], byteCountMax: Int,
    tooLarge: ProblemType = .requestTooLarge
  ) {
    self.forms = forms
    self.type = type
    self.mediaTypes = mediaTypes
    self.byteCountMax = byteCountMax
    self.tooLarge = tooLarge
  }
}

/// An answer that a route can give.
public struct Answer: Sendable, Hashable {
  public var status: Status
  /// The name of its type in the reference.
  public var type: String
  public var mediaType: String
  /// Of an answer in JSON.
  public var shape: JSONShape?

  public init(_ status: Status, _ type: String, mediaType: String, shape: JSONShape? = nil) {
    self.status = status
    self.type = type
    self.mediaType = mediaType
    self.shape = shape
  }

  public static func json(
    _ type: String, _ shape: JSONShape, _ status: Status = .ok
  ) -> Answer {
    Answer(status, type, mediaType: "application/json", shape: shape)
  }

  public static func text(_ type: String, _ status: Status = .ok) -> Answer {
    Answer(status, type, mediaType: "text/plain")
  }

  /// 204, without a body.
  public static let none = Answer(.noContent, "", mediaType: "")

  public static let page = Answer(.ok, "Page", mediaType: "text/html")

  public static func problem(_ status: Status) -> Answer {
    Answer(status, "Problem", mediaType: "application/problem+json")
  }
}
