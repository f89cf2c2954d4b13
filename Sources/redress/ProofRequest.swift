// Checkpoints and proofs, requested from the service that runs on a folder, or computed from the
// folder when no service runs on it.

import Audit
import CommandHandling
import Curl
import EventLog
import EventSourcing
import Events
import Node
import Transparency

enum ProofRequest {
  case checkpoint(TenantID)
  case keys(TenantID)
  case proof(TenantID, Position)
  case receipt(TenantID, RefundID)
  case consistency(TenantID, old: UInt64, new: UInt64)

  fileprivate var target: String {
    switch self {
    case .checkpoint(let tenant): "/v1/checkpoint?tenant=\(tenant)"
    case .keys(let tenant): "/v1/keys?tenant=\(tenant)"
    case .proof(let tenant, let position): "/v1/proof?tenant=\(tenant)&position=\(position)"
    case .receipt(let tenant, let refund): "/v1/receipts/\(refund)?tenant=\(tenant)"
    case .consistency(let tenant, let old, let new):
      "/v1/consistency?tenant=\(tenant)&old=\(old)&new=\(new)"
    }
  }

  fileprivate func answer(from publisher: CheckpointPublisher) throws -> [UInt8] {
    switch self {
    case .checkpoint(let tenant): return try publisher.checkpoint(of: tenant).bytes
    case .keys(let tenant):
      return Array(publisher.verifierKeys(of: tenant).map { "\($0.vkey)\n" }.joined().utf8)
    case .proof(let tenant, let position):
      return try publisher.proof(for: position, of: tenant).bytes
    case .receipt(let tenant, let refund):
      guard let receipt = try publisher.receipt(of: refund, in: tenant) else {
        throw Stop.unable("The tenant \(tenant) has no refund \(refund).")
      }
      return receipt.bytes
    case .consistency(let tenant, let old, let new):
      return try publisher.consistency(from: old, to: new, of: tenant).bytes
    }
  }
}

/// What answers requests for proofs.
enum ProofSource {
  case service(HTTPClient)
  case folder(CheckpointPublisher)

  /// The text of the note, the keys or the proof.
  func answer(_ request: ProofRequest) throws -> [UInt8] {
    switch self {
    case .folder(let publisher): return try request.answer(from: publisher)
    case .service(let client):
      let response = try client.send(method: "GET", target: request.target)
      if response.status == 200 { return response.body }
      throw Stop(refusedWith: response)
    }
  }
}

extension DataFolder.Holder {
  /// A client of the service that holds the folder.
  func client() throws -> HTTPClient {
    guard let socket else {
      throw Stop.unable("process \(pid) holds the folder and has not published its socket")
    }
    return HTTPClient(socketPath: socket)
  }
}

extension DataFolder {
  /// Locks the folder and opens its log while `body` runs, unless a service runs on it.
  func withProofs<R>(_ body: (ProofSource) throws -> R) throws -> R {
    if let holder = holder() { return try body(.service(holder.client())) }
    let keys = try LogKeys.required(in: self)
    try lock(socket: nil)
    let (log, _) = try EventLog.open(
      folder: self.log, describe: describeLine, onFailure: { stopForGood("\($0)") })
    defer { log.close() }
    let publisher = CheckpointPublisher(
      log: log, folder: self.log, logName: keys.name, keys: keys.keys, clock: { .now },
      notes: RecordedNotes(of: self))
    return try body(.folder(publisher))
  }

  /// The tenants of the log, without the service's own (T3).
  func registeredTenants() throws -> [TenantID] {
    try LogSummary(folder: log).tenants.map(\.name).filter { !$0.isReserved }
  }

  /// The tenant with this name, which must be in the log; without a name, the only tenant.
  func tenant(named name: String?) throws -> TenantID {
    let all = try LogSummary(folder: log).tenants.map(\.name)
    let tenants = all.filter { !$0.isReserved }
    if let name {
      guard let tenant = TenantID(name) else {
        throw Stop.usage("\(name) is not a tenant name: 1 to 64 of A-Z a-z 0-9 _ -")
      }
      guard all.contains(tenant) else {
        let others = tenants.prefix(10).map(\.rawValue).joined(separator: ", ")
        throw Stop.unable(
          "there is no tenant \(tenant) in \(log); "
            + (tenants.isEmpty ? "it is empty" : "there are \(tenants.count): \(others)")
            + (tenants.count > 10 ? ", …" : ""))
      }
      return tenant
    }
    guard tenants.count == 1 else {
      if tenants.isEmpty { throw Stop.unable("there is no tenant in \(log); it is empty") }
      let known = tenants.prefix(10).map(\.rawValue).joined(separator: ", ")
      throw Stop.usage(
        "there are \(tenants.count) tenants: name one with --tenant, of \(known)"
          + (tenants.count > 10 ? ", …" : ""))
    }
    return tenants[0]
  }
}
