// Checkpoints and proofs, requested from the service that runs on a folder, or computed from the
// folder when no service runs on it.

import Audit
import EventLog
import EventSourcing
import HTTPClient
import JSON
import Node
import Transparency

enum ProofRequest {
  case checkpoint(TenantID)
  case proof(TenantID, Position)
  case consistency(TenantID, old: UInt64, new: UInt64)

  private var target: String {
    switch self {
    case .checkpoint(let tenant): "/v1/checkpoint?tenant=\(tenant)"
    case .proof(let tenant, let position): "/v1/proof?tenant=\(tenant)&position=\(position)"
    case .consistency(let tenant, let old, let new):
      "/v1/consistency?tenant=\(tenant)&old=\(old)&new=\(new)"
    }
  }

  /// The text of the note or proof.
  func answer(in folder: DataFolder) throws -> [UInt8] {
    try Self.answers(to: [self], in: folder)[0]
  }

  /// The texts of the notes or proofs, in order.
  static func answers(to requests: [ProofRequest], in folder: DataFolder) throws -> [[UInt8]] {
    guard let holder = folder.holder() else {
      return try folder.withPublisher { publisher in
        try requests.map { try $0.answer(from: publisher) }
      }
    }
    guard let socket = holder.socket else {
      throw Stop.unable("process \(holder.pid) holds the folder and has not published its socket")
    }
    let client = HTTPClient(socketPath: socket)
    return try requests.map { request in
      let response = try client.send(method: "GET", target: request.target)
      if response.status == 200 { return response.body }
      let detail = (try? JSONValue(parsing: response.body))?["detail"]?.string
      throw Stop.unable(detail ?? "the service answered \(response.status)")
    }
  }

  private func answer(from publisher: CheckpointPublisher) throws -> [UInt8] {
    switch self {
    case .checkpoint(let tenant): try publisher.checkpoint(of: tenant).bytes
    case .proof(let tenant, let position):
      try publisher.proof(for: position, of: tenant).bytes
    case .consistency(let tenant, let old, let new):
      try publisher.consistency(from: old, to: new, of: tenant).bytes
    }
  }
}

extension DataFolder {
  /// Locks the folder and opens its log while `body` runs.
  func withPublisher<R>(_ body: (CheckpointPublisher) throws -> R) throws -> R {
    let keys = try LogKeys.required(in: self)
    try lock(socket: nil)
    let (log, _) = try EventLog.open(
      folder: self.log, describe: describeLine, onFailure: { stopForGood("\($0)") })
    defer { log.close() }
    return try body(
      CheckpointPublisher(log: log, folder: self.log, logName: keys.name, keys: keys.keys))
  }

  /// The tenant with this name, which must be in the log; without a name, the only tenant.
  func tenant(named name: String?) throws -> TenantID {
    let tenants = try LogSummary(folder: log).tenants.map(\.name)
    if let name {
      guard let tenant = TenantID(name) else {
        throw Stop.usage("\(name) is not a tenant name: 1 to 64 of A-Z a-z 0-9 _ -")
      }
      guard tenants.contains(tenant) else {
        let others = tenants.prefix(10).map(\.rawValue).joined(separator: ", ")
        throw Stop.unable(
          "there is no tenant \(tenant) in \(log); "
            + (tenants.isEmpty ? "it is empty" : "there are \(tenants.count): \(others)")
            + (tenants.count > 10 ? ", …" : ""))
      }
      return tenant
    }
    guard tenants.count == 1 else {
      throw Stop.usage("there are \(tenants.count) tenants: name one")
    }
    return tenants[0]
  }
}
