// What the read models' routes answer, without a server.

import CommandHandling
import EventSourcing
import HTML
public import JSON
public import Projecting
import Projections
public import Routing

extension RunningRedress {
  /// The answer of a read model's route to GET.
  ///
  /// - Parameter path: with its query.
  public func get(_ path: String, tenant: String = "acme") async throws -> Reply {
    try await projections.get(path, tenant: tenant, models: readModels)
  }

  /// The JSON that a path answers; `null` for another answer.
  public func json(_ path: String) async throws -> JSONValue {
    try await get(path).json ?? .null
  }

  /// The markup of a page; empty for another answer.
  public func page(_ path: String) async throws -> String {
    try await get(path).page ?? ""
  }
}

extension Principal {
  /// May see everything.
  fileprivate static let itself = Principal(
    name: PrincipalName(unchecked: "test"), actor: Actor(.service, "test"), grant: .everything)
}

extension Reply {
  /// The JSON of an answer that is JSON.
  public var json: JSONValue? { if case .json(let value) = body { value } else { nil } }

  /// The markup of an answer that is a page.
  public var page: String? { if case .page(let page) = body { page.body.markup } else { nil } }
}

extension ReadModelReader {
  /// The answer of a read model's route to GET.
  public func get(
    _ path: String, tenant: String, models: [any ReadModel.Type]
  ) async throws -> Reply {
    let parts = path.split(separator: "?", maxSplits: 1)
    let segments = parts[0].split(separator: "/").map(String.init)
    let query = parts.dropFirst().flatMap { $0.split(separator: "&") }.map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
    }
    let table = RouteTable(models.flatMap { $0.routes(self) })
    guard case .route(let route) = table.match("GET", segments),
      case .blocking(let handle) = route.handler
    else { throw Problem.notFound("There is no route \(path).") }
    return try await handle(
      Call(
        path: String(parts[0]), peer: nil, principal: .itself,
        receivedAt: Timestamp("2026-01-16T12:00:00Z") ?? .now,
        tenant: TenantID(unchecked: tenant),
        values: try route.values(path: segments, query: query)))
  }
}
