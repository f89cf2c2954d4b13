// The service without sockets, over a whole Redress in a folder of its own: requests are answered
// in memory, by the same dispatch as those of a connection.

import EventLog
import EventSourcing
import Glibc
import HTTP
import JSON
import Node
import PersonalData
import Projecting
import Routing
import RunningRedress
import SQLite
import Service
import Synchronization

final class RunningService: Sendable {
  let redress: RunningRedress
  let service: Service
  let keys: PersonalKeyFolder
  private let cookie = Mutex<String?>(nil)
  let clocks = SettableClocks()

  /// - Parameter principals: who may come in besides ``peerUID``, by uid.
  init(principals: [UInt32: Principal] = [:]) throws {
    redress = try RunningRedress(
      clocks: clocks, waitSeconds: 0.01,
      principals: Principals(
        owner: getuid(), configured: principals.merging([Self.peerUID: Self.principal]) { $1 }))
    service = redress.node.service
    keys = PersonalKeyFolder(path: redress.folder + "/keys")
    redress.start(isPaying: false)
  }

  /// A service with everything that the routes read, for the length of a test.
  static func with<R>(
    principals: [UInt32: Principal] = [:], _ body: (RunningService) async throws -> R
  ) async throws -> R {
    let running = try RunningService(principals: principals)
    try await running.prepare()
    let result = try await body(running)
    running.service.stop()
    running.redress.stop()
    running.redress.removeFolder()
    return result
  }

  /// Waits until every read model has everything that a tenant's log has.
  ///
  /// - Parameter stopped: the read model that follows no longer.
  func settle(_ tenant: String = "acme", besides stopped: String? = nil) async {
    let tenant = TenantID(unchecked: tenant)
    let last = Position(redress.log.durableEnd(of: tenant).value - 1)
    for model in redress.projections.statuses.map(\.name) where model != stopped {
      let isThere = await redress.projections.wait(
        for: last, of: tenant, in: model, seconds: 60)
      precondition(isThere, "\(model) is behind")
    }
  }

  /// Stops the read model of refunds: an event comes that it cannot apply.
  func stopRefundQueue() async throws {
    do {
      let file = try Database(
        path: redress.folder + "/read-models/RefundQueue.sqlite", mode: .readWrite)
      try file.execute(
        "CREATE TRIGGER damage BEFORE UPDATE ON refunds BEGIN SELECT RAISE(ABORT, 'damaged'); END")
    }
    try await submit(
      "DenyRefund", #"{"refundId":"r1","reason":"Not covered"}"#, actor: "agent/ann")
    await settle(besides: "RefundQueue")
    let last = Position(redress.log.durableEnd(of: TenantID(unchecked: "acme")).value - 1)
    let isApplied = await redress.projections.wait(
      for: last, of: TenantID(unchecked: "acme"), in: "RefundQueue", seconds: 60)
    precondition(!isApplied, "the read model goes on")
  }

  enum Way { case socket, loopback }

  /// The user of the requests; not the one that the service runs as.
  static let peerUID: UInt32 = 4_217

  private static let principal = Principal(
    name: PrincipalName(unchecked: "tests"), actor: Actor(ofProcessOf: peerUID),
    grant: .everything)

  /// A user without a grant.
  static let strangerUID: UInt32 = 4_218

  func send(
    _ method: String, _ target: String, over way: Way = .socket,
    _ headers: [(name: String, value: String)] = [], _ body: [UInt8] = [],
    uid: UInt32 = peerUID
  ) async -> HTTPResponse {
    // The same id in each, so that two answers can be compared.
    var more: [(name: String, value: String)] = [
      ("Host", "localhost"), ("X-Request-Id", "tests"),
    ]
    if way == .loopback, !headers.contains(where: { $0.name == "Cookie" }) {
      more.append(("Cookie", await session))
    }
    let added = more.filter { one in !headers.contains { $0.name == one.name } }
    guard
      let request = HTTPRequest(
        method: method, target: target, headers: added + headers, body: body,
        peer: way == .socket ? HTTPRequest.Peer(uid: uid, pid: 1) : nil)
    else { fatalError("\(target) is malformed") }
    return await request.answer(by: service.handle).response
  }

  /// The cookie of a session of the user that the service runs as.
  private var session: String {
    get async {
      if let known = cookie.withLock({ $0 }) { return known }
      let login = await send("POST", "/v1/logins", uid: getuid())
      let link = login.json?["path"]?.string ?? ""
      let opened = await send("GET", link, over: .loopback, [("Cookie", "")])
      let new = String(opened.header("Set-Cookie")?.prefix { $0 != ";" } ?? "")
      cookie.withLock { $0 = new }
      return new
    }
  }

  func get(
    _ target: String, over way: Way = .socket, _ headers: [(name: String, value: String)] = []
  ) async -> HTTPResponse {
    await send("GET", target, over: way, headers)
  }

  func sendJSON(_ method: String, _ target: String, _ json: String) async -> HTTPResponse {
    await send(method, target, [("Content-Type", "application/json")], Array(json.utf8))
  }
}

extension HTTPResponse {
  var text: String { String(decoding: body, as: UTF8.self) }

  var json: JSONValue? { try? JSONValue(parsing: body) }

  /// The detail of a problem document; empty where it is none.
  var detail: String { json?["detail"]?.string ?? "" }

  /// The last part of a problem's type.
  var code: String {
    json?["type"]?.string?.split(separator: "/").last.map(String.init) ?? ""
  }

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
