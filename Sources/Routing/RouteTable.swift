// All routes of the service. Dispatch, 404, 405 with its Allow, and the navigation are read from
// it.
//
// What must always hold: no two routes have the same method and the same shape of path; a literal
// segment goes before a parameter.

/// The routes by path and method.
public struct RouteTable: Sendable {
  /// In the order in which they were declared.
  public let routes: [Route]
  /// The pages of a tenant that have a place in the navigation, in order.
  public let navigation: [(title: String, path: PathTemplate)]
  /// The first segments of the paths of pages.
  public let pageRoots: Set<String>
  private let root: Node

  private struct Node: Sendable {
    var literals: [String: Node] = [:]
    /// The subtree below a parameter of any name.
    var parameter: [Node] = []
    /// The routes that end here.
    var routes: [Route] = []
  }

  /// - Precondition: no route is there twice.
  public init(_ routes: [Route]) {
    self.routes = routes
    var root = Node()
    for route in routes {
      Self.add(route, route.path.segments[...], to: &root)
    }
    self.root = root
    let pages = routes.filter { $0.kind != .api }
    navigation = pages.compactMap { route in
      guard case .page(let title?) = route.kind else { return nil }
      return (title, route.path)
    }
    pageRoots = Set(
      pages.compactMap { route in
        guard case .literal(let text)? = route.path.segments.first else { return nil }
        return text
      })
    let shapes = routes.map { "\($0.method.rawValue) \($0.path.shape)" }
    precondition(Set(shapes).count == shapes.count, "a route is declared twice")
  }

  private static func add(
    _ route: Route, _ segments: ArraySlice<PathTemplate.Segment>, to node: inout Node
  ) {
    guard let first = segments.first else { return node.routes.append(route) }
    let rest = segments.dropFirst()
    switch first {
    case .literal(let text): add(route, rest, to: &node.literals[text, default: Node()])
    case .parameter:
      if node.parameter.isEmpty { node.parameter.append(Node()) }
      add(route, rest, to: &node.parameter[0])
    }
  }

  // MARK: Matching

  public enum Match: Sendable {
    case route(Route)
    case methodNotAllowed(allowed: [String], kind: Route.Kind)
    case notFound

    /// Whether the route that was found needs no principal.
    public var isPublic: Bool {
      if case .route(let route) = self { route.permission == nil } else { false }
    }
  }

  /// The route of a request; HEAD is answered by the route of GET.
  ///
  /// - Parameter segments: the path's segments, decoded.
  public func match(_ method: String, _ segments: [String]) -> Match {
    let found = Self.find(segments[...], in: root)
    guard let first = found.first else { return .notFound }
    let wanted = method == "HEAD" ? "GET" : method
    if let route = found.first(where: { $0.method.rawValue == wanted }) { return .route(route) }
    return .methodNotAllowed(
      allowed: found.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] },
      kind: first.kind)
  }

  private static func find(_ segments: ArraySlice<String>, in node: Node) -> [Route] {
    guard let first = segments.first else { return node.routes }
    let rest = segments.dropFirst()
    if let next = node.literals[first] {
      let found = find(rest, in: next)
      if !found.isEmpty { return found }
    }
    return node.parameter.first.map { find(rest, in: $0) } ?? []
  }

  // MARK: What else follows from the table

  /// The paths of the same kind that begin as this one does, for a 404 that helps; those of the
  /// whole interface where none does.
  public func paths(near segments: [String], ofPages: Bool) -> [String] {
    let paths = routes.filter { ($0.kind != .api) == ofPages }.map(\.path)
    let near = paths.filter { path in
      zip(path.segments, segments).prefix(2).allSatisfy { segment, text in
        switch segment {
        case .literal(let literal): literal == text
        case .parameter: ofPages
        }
      } && segments.count >= 2
    }
    var seen: Set<PathTemplate> = []
    return (near.isEmpty ? paths : near).filter { seen.insert($0).inserted }.map(\.description)
  }
}

extension PathTemplate {
  /// The template without its parameters' names.
  fileprivate var shape: String {
    segments.map { if case .literal(let text) = $0 { "/" + text } else { "/{}" } }.joined()
  }

  /// The values of the parameters in a path that matches.
  func values(in segments: [String]) -> [String: String] {
    var values: [String: String] = [:]
    for case (.parameter(let name), let text) in zip(self.segments, segments) {
      values[name] = text
    }
    return values
  }
}

extension Route {
  /// Reads the parameters of a request that matched.
  ///
  /// - Throws: ``Problem`` that names the parameter, its text, and what would be right.
  public func values(
    path segments: [String], query: [(name: String, value: String)]
  ) throws(Problem) -> ParameterValues {
    try ParameterValues(
      parameters, path: path.values(in: segments), query: query, isForm: kind != .api)
  }
}
