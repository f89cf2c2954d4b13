// Which statuses each route gave, compared with those that it declares. Each 503 says when to try
// again, and nothing else does.

import HTTP
import JSON
import Routing
import RunningRedress
import Service
import Synchronization
import Testing

/// Sends requests and remembers the status of each route's answer.
final class StatusCoverage: Sendable {
  let running: RunningService
  private let seen = Mutex<[String: Set<Int>]>([:])

  init(_ running: RunningService) { self.running = running }

  @discardableResult
  func send(
    _ method: String, _ target: String, over way: RunningService.Way = .socket,
    type: String = "application/json", _ body: [UInt8] = [],
    _ headers: [(name: String, value: String)] = [], uid: UInt32 = RunningService.peerUID
  ) async -> HTTPResponse {
    let answer = await running.send(
      method, target, over: way, headers + [("Content-Type", type)], body, uid: uid)
    let segments = target.prefix { $0 != "?" }.split(separator: "/").map(String.init)
    if case .route(let route) = running.service.routes.match(method, segments) {
      seen.withLock { _ = $0[route.name, default: []].insert(answer.status) }
      check(answer, of: route)
    }
    #expect(
      (answer.status == 503) == (answer.header("Retry-After") != nil),
      "\(method) \(target): \(answer.status) \(answer.text)")
    return answer
  }

  @discardableResult
  func send(
    _ method: String, _ target: String, json: String, uid: UInt32 = RunningService.peerUID
  ) async -> HTTPResponse {
    await send(method, target, Array(json.utf8), uid: uid)
  }

  /// An answer in JSON has the shape that its route declares.
  private func check(_ answer: HTTPResponse, of route: Route) {
    guard answer.header("Content-Type") == "application/json", let value = answer.json else {
      return
    }
    let declared = route.answers.first {
      $0.status.rawValue == answer.status && $0.mediaType == "application/json"
    }
    let difference = declared?.shape.map { $0.difference(in: value) } ?? "no shape is declared"
    #expect(difference == nil, "\(route.name)")
  }

  /// What every route declares because of what it is.
  func sendWhatFollowsFromTheTable() async {
    for route in running.service.routes.routes {
      let method = route.method.rawValue
      let type = route.request?.mediaTypes.first ?? "application/json"
      await send(method, route.target + "?lmit=1", type: type)
      await send(method, route.target, over: .loopback, type: type)
      await send(method, route.target, type: type, uid: RunningService.strangerUID)
      await send(method, route.target, type: type, [], [("Authorization", "Bearer x")])
      switch route.tenant {
      case .none: break
      case .path:
        let path = route.target(pathValues.merging(["tenant": "nobody"]) { $1 })
        await send(method, path)
      case .query, .activeInQuery:
        let headers = route.headers.map { (name: $0.name, value: "x") }
        for tenant in ["tenant=nobody", "tenant=still", ""] {
          let target = route.target + "?\(required(route))\(tenant)"
          await send(method, target, type: type, [], headers)
        }
      }
      if route.waits {
        let answer = await send(method, route.target + "?tenant=acme&minPosition=999999")
        #expect(answer.status == 422, "\(route.path): \(answer.text)")
      }
      if route.request != nil {
        await send(method, route.target, type: "application/x-unknown")
      }
      let tooLarge = [UInt8](repeating: 0x20, count: (route.request?.byteCountMax ?? 0) + 1)
      await send(method, route.target, type: type, tooLarge)
    }
  }

  /// Reads of what no read model will have.
  func sendWaiting(for position: UInt64) async {
    for route in running.service.routes.routes where route.waits {
      await send("GET", route.target + "?tenant=acme&minPosition=\(position)")
    }
  }

  /// Valid texts of the parameters that a route requires in the query.
  private func required(_ route: Route) -> String {
    route.parameters.map(\.declaration).filter { $0.isRequired && $0.place == .query }
      .map { "\($0.name)=\($0.someValues.first ?? "1")&" }.joined()
  }

  /// Declared statuses that no request got, and statuses that no route declares, as text.
  var gaps: [String] {
    let seen = seen.withLock { $0 }
    return running.service.routes.routes.flatMap { route in
      let declared = Set(route.answers.map(\.status.rawValue))
      let given = seen[route.name] ?? []
      return declared.subtracting(given).sorted().map { "\(route.name) never gave \($0)" }
        + given.subtracting(declared).sorted().map { "\(route.name) does not declare \($0)" }
    }
  }
}

extension Route {
  fileprivate var name: String { "\(method.rawValue) \(path)" }
}
