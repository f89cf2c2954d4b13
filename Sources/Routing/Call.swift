// One request, as a handler sees it: matched, permitted, with valid parameters and a known tenant.

public import EventSourcing
import JSON

/// Who makes a request, asked while it is answered.
public protocol Caller: Sendable {
  /// Who it is now: grants change while a long answer lasts.
  ///
  /// - Throws: ``Problem`` where the caller has no grant any more.
  func principalNow() throws(Problem) -> Principal

  /// Counts requests that one request holds, besides itself.
  ///
  /// - Throws: ``Problem`` 429 where they are more than the caller's rate allows.
  func count(_ requests: Int, of principal: Principal) throws(Problem)
}

/// A request that was matched to its route.
public struct Call: Sendable {
  /// The process at the other end of the Unix socket, as the kernel reports it.
  public struct Peer: Sendable, Hashable {
    public var uid: UInt32
    public var pid: Int32

    public init(uid: UInt32, pid: Int32) {
      self.uid = uid
      self.pid = pid
    }
  }

  /// The path as it was requested, decoded.
  public let path: String
  /// `nil` on the loopback address.
  public let peer: Peer?
  /// Who asks; the service itself where it makes its own pages.
  public let principal: Principal
  /// Whether only the head of the answer is wanted.
  public let isHead: Bool
  public let body: [UInt8]
  /// When the service received it.
  public let receivedAt: Timestamp
  /// The media type of the body, in lower case; empty where none is named.
  public let mediaType: String
  private let resolvedTenant: TenantID?
  private let values: ParameterValues
  private let header: @Sendable (String) -> String?
  private let caller: (any Caller)?

  /// - Parameters:
  ///   - tenant: the tenant that the route's scope led to.
  ///   - header: the value of a header by its name in any case.
  ///   - caller: `nil` where the service itself asks.
  public init(
    path: String, peer: Peer?, principal: Principal, isHead: Bool = false, body: [UInt8] = [],
    mediaType: String = "",
    receivedAt: Timestamp, tenant: TenantID?, values: ParameterValues,
    header: @escaping @Sendable (String) -> String? = { _ in nil }, caller: (any Caller)? = nil
  ) {
    self.path = path
    self.peer = peer
    self.principal = principal
    self.isHead = isHead
    self.body = body
    self.mediaType = mediaType
    self.receivedAt = receivedAt
    self.resolvedTenant = tenant
    self.values = values
    self.header = header
    self.caller = caller
  }

  /// Who asks now; the same as at the beginning where the service itself asks.
  public func principalNow() throws(Problem) -> Principal {
    guard let caller else { return principal }
    return try caller.principalNow()
  }

  /// Counts requests that this one holds, besides itself.
  ///
  /// - Throws: ``Problem`` 429.
  public func count(_ requests: Int) throws(Problem) {
    try caller?.count(requests, of: principal)
  }

  /// The tenant of the request.
  ///
  /// - Precondition: the route has a ``Route/tenant``.
  public var tenant: TenantID {
    guard let resolvedTenant else { preconditionFailure("the route of \(path) has no tenant") }
    return resolvedTenant
  }

  /// The value of a parameter.
  ///
  /// - Precondition: the route declares it.
  public subscript<Value>(_ parameter: Parameter<Value>) -> Value { values[parameter] }

  public func header(_ name: String) -> String? { header(name) }
}

/// The values of a request's parameters.
public struct ParameterValues: Sendable {
  private var values: [String: any Sendable] = [:]

  /// The value of a parameter.
  ///
  /// - Precondition: the route declares it.
  public subscript<Value>(_ parameter: Parameter<Value>) -> Value {
    guard let any = values[parameter.declaration.name], let value = any as? Value else {
      preconditionFailure("the route does not declare \(parameter.declaration.name)")
    }
    return value
  }

  /// Reads the texts of a request's path and query.
  ///
  /// - Parameter isForm: whether an empty text counts as absent, as forms send it.
  /// - Throws: ``Problem`` that names the parameter, its text, and what would be right.
  init(
    _ parameters: [any DeclaredParameter], path: [String: String],
    query: [(name: String, value: String)], isForm: Bool
  ) throws(Problem) {
    if parameters.isEmpty && query.isEmpty { return }
    var texts = path.mapValues { [$0] }
    let known = parameters.map(\.declaration)
    for (name, value) in query {
      guard let declaration = known.first(where: { $0.name == name && $0.place == .query }) else {
        throw .unknownParameter(name, known.filter { $0.place == .query }.map(\.name))
      }
      if isForm && value.isEmpty { continue }
      if texts[name] != nil && !declaration.isRepeatable {
        throw .parameter(name, "\(name): is given twice; give it once.")
      }
      texts[name, default: []].append(value)
    }
    for parameter in parameters {
      let declaration = parameter.declaration
      let given = texts[declaration.name] ?? []
      if declaration.isRequired && given.isEmpty {
        throw .parameter(
          declaration.name,
          "\(declaration.name): is missing; give \(declaration.expectation).")
      }
      guard let value = parameter.value(of: given) else {
        throw .parameter(
          declaration.name,
          "\(declaration.name): \(given.joined(separator: ", ").prefix(80)) is not "
            + "\(declaration.expectation).")
      }
      values[declaration.name] = value
    }
  }
}

extension Problem {
  fileprivate static func parameter(_ name: String, _ detail: String) -> Problem {
    Problem(
      .badRequest, detail: detail,
      extensions: [.init("parameter", .string(String(name.prefix(60))))])
  }

  fileprivate static func unknownParameter(_ name: String, _ known: [String]) -> Problem {
    parameter(
      name,
      "\(name.prefix(60)): is not a parameter of this path, which has "
        + (known.isEmpty ? "none." : known.joined(separator: ", ") + "."))
  }
}
