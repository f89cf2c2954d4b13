// The operational records, on the Unix socket only, since they are about people and change without
// a command: PUT, GET, DELETE /v1/drafts/{id}; PUT, GET /v1/sync-jobs/{id}, POST …/progress and
// …/finish, GET /v1/sync-jobs; GET /v1/webhooks, POST /v1/webhooks/shopify. None of it is history.

import CommandHandling
import EventSourcing
import Events
import HTTP
import JSON
import Operations
import PersonalData
import Projecting
import Projections

struct RecordRoutes: Sendable {
  var records: OperationalRecords
  var reads: ReadRoutes
  var vault: PersonalVault
  var shopify: ShopifyWebhooks
  var clock: @Sendable () -> Timestamp = { .now }

  /// A draft or a report is a form that people or programs fill in, no file.
  private static let bodyByteCountMax = 256 * 1024

  static func owns(_ path: [String]) -> Bool {
    path.count >= 2 && path[0] == "v1" && ["drafts", "sync-jobs", "webhooks"].contains(path[1])
  }

  func answer(_ path: [String], _ request: HTTPRequest) async throws -> HTTPResponse {
    guard request.peer != nil else {
      throw Problem(
        status: 403, code: "only-on-the-socket", title: "Not on this address",
        detail:
          "Operational records are about people. They are read and written over the Unix socket."
      )
    }
    do { return try await route(path, request) } catch let refusal as SyncJobRefusal {
      throw Problem(refusal)
    } catch let refusal as DraftRefusal {
      throw Problem(
        status: 409, code: "draft-submitted", title: "The draft became a return",
        detail: refusal.explanation)
    }
  }

  private func route(_ path: [String], _ request: HTTPRequest) async throws -> HTTPResponse {
    switch (request.method, path[1], path.count) {
    case ("PUT", "drafts", 3): try await saveDraft(path[2], request)
    case ("GET", "drafts", 3): try await draft(path[2], request)
    case ("DELETE", "drafts", 3): try await deleteDraft(path[2], request)
    case ("GET", "sync-jobs", 2): try await syncJobs(request)
    case ("PUT", "sync-jobs", 3): try await beginSyncJob(path[2], request)
    case ("GET", "sync-jobs", 3): try await syncJob(path[2], request)
    case ("POST", "sync-jobs", 4) where path[3] == "progress":
      try await reportProgress(path[2], request)
    case ("POST", "sync-jobs", 4) where path[3] == "finish":
      try await finishSyncJob(path[2], request)
    case ("GET", "webhooks", 2): try await webhooks(request)
    case ("POST", "webhooks", 3) where path[2] == "shopify": try await receive(request)
    default: throw notHere(path, request)
    }
  }

  // MARK: Drafts

  private func saveDraft(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await activeTenant(request)
    let id: DraftID = try identifier(id)
    let draft = try body(of: request, ReturnDraft.self)
    var owners = try reads.projections.read(OrderBalance.name) {
      try OrderBalance.customers(ofOrders: [draft.orderID], tenant: tenant, in: $0)
    }
    if let customer = draft.customerID { owners.insert(customer) }
    for owner in owners.sorted() {
      let person = Person(owner, of: tenant)
      if try vault.isErased(person) { throw Problem.erased(person, status: 409) }
    }
    let (saved, isNew) = try records.save(draft, as: id, tenant: tenant, at: clock())
    return json(saved.json, status: isNew ? 201 : 200)
  }

  private func draft(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let id: DraftID = try identifier(id)
    guard let saved = try records.draft(id, tenant: tenant, at: clock()) else {
      throw noDraft(id, tenant)
    }
    return json(saved.json)
  }

  private func deleteDraft(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let id: DraftID = try identifier(id)
    guard try records.deleteDraft(id, tenant: tenant, at: clock()) else {
      throw noDraft(id, tenant)
    }
    return HTTPResponse(status: 204)
  }

  private func noDraft(_ id: DraftID, _ tenant: TenantID) -> Problem {
    .notFound(
      "The tenant \(tenant) has no draft \(id). A draft is kept for 12 hours after it was last saved."
    )
  }

  // MARK: Sync jobs

  private func beginSyncJob(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await activeTenant(request)
    let id: SyncJobID = try identifier(id)
    let order = try body(of: request, SyncJobOrder.self)
    let (job, isNew) = try records.begin(order, as: id, tenant: tenant, at: clock())
    return json(job.json, status: isNew ? 201 : 200)
  }

  private func reportProgress(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let progress = try body(of: request, SyncProgress.self)
    return json(
      try records.report(progress, of: identifier(id), tenant: tenant, at: clock()).json)
  }

  private func finishSyncJob(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let end = try body(of: request, SyncJobEnd.self)
    return json(try records.finish(identifier(id), with: end, tenant: tenant, at: clock()).json)
  }

  private func syncJob(_ id: String, _ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let id: SyncJobID = try identifier(id)
    guard let job = try records.syncJob(id, tenant: tenant, at: clock()) else {
      throw SyncJobRefusal.unknown(id)
    }
    return json(job.json)
  }

  private func syncJobs(_ request: HTTPRequest) async throws -> HTTPResponse {
    try request.allowParameters("tenant", "status", "limit")
    let tenant = try await reads.tenant(of: request, in: RefundQueue.name)
    let status = request.queryValue("status")
    if let status, !SyncJob.statuses.contains(status) {
      throw Problem.badRequest(
        "status: \(status.prefix(60)) is no status of a sync job; use one of "
          + SyncJob.statuses.joined(separator: ", ") + ".")
    }
    let jobs = try records.syncJobs(
      tenant: tenant, status: status, limit: reads.pageLength(of: request), at: clock())
    return json(.object([.init("syncJobs", .array(jobs.map(\.json)))]))
  }

  // MARK: Webhooks

  private func webhooks(_ request: HTTPRequest) async throws -> HTTPResponse {
    try request.allowParameters("tenant", "before", "limit")
    let tenant = try await reads.tenant(of: request, in: RefundQueue.name)
    let limit = try reads.pageLength(of: request)
    let rows = try records.webhooks(
      tenant: tenant, before: reads.number("before", of: request), limit: limit + 1, at: clock())
    let page = rows.prefix(limit)
    let next = rows.count > limit ? page.last.map { JSONValue.integer(Int64($0.id)) } : nil
    return json(
      .object([.init("webhooks", .array(page.map(\.json))), .init("next", next ?? .null)]))
  }

  private func receive(_ request: HTTPRequest) async throws -> HTTPResponse {
    let tenant = try await tenant(request)
    let (id, isDuplicate) = try shopify.receive(request, of: tenant, at: clock())
    return json(
      .object([.init("webhook", .integer(Int64(id))), .init("duplicate", .bool(isDuplicate))]))
  }

  // MARK: What all of them ask for

  private func tenant(_ request: HTTPRequest) async throws -> TenantID {
    try request.allowParameters("tenant")
    return try await reads.tenant(of: request, in: RefundQueue.name)
  }

  private func activeTenant(_ request: HTTPRequest) async throws -> TenantID {
    try request.allowParameters("tenant")
    return try await reads.activeTenant(of: request)
  }

  private func identifier<ID: Identifier>(_ text: String) throws -> ID {
    guard let id = ID(text) else { throw Problem.badRequest(reads.notAnID(text)) }
    return id
  }

  private func body<Body: RecordBody>(of request: HTTPRequest, _: Body.Type) throws -> Body {
    let mediaType = request.header("content-type")?.split(separator: ";").first ?? ""
    guard mediaType.lowercased() == "application/json" else {
      throw Problem(
        status: 415, code: "unsupported-media-type", title: "Nobody here reads that",
        detail: "The Content-Type is \(mediaType.isEmpty ? "missing" : mediaType.prefix(60)). "
          + "Send \(Body.noun) as application/json.")
    }
    guard request.body.count <= Self.bodyByteCountMax else {
      throw Problem(
        status: 413, code: "request-too-large", title: "The request is too large",
        detail: "\(request.body.count) bytes are too many for \(Body.noun); at most "
          + "\(Self.bodyByteCountMax) are possible.")
    }
    do throws(JSONError) {
      var reader = JSONReader(request.body.span)
      let value = try Body(json: &reader)
      try reader.finish()
      return value
    } catch { throw Problem.malformed(error, Body.noun) }
  }

  private func json(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
      body: value.json + [UInt8(ascii: "\n")])
  }

  private func notHere(_ path: [String], _ request: HTTPRequest) -> Problem {
    let allowed: String? =
      switch (path[1], path.count) {
      case ("drafts", 3): "PUT, GET, DELETE"
      case ("sync-jobs", 3): "PUT, GET"
      case ("sync-jobs", 4) where ["progress", "finish"].contains(path[3]): "POST"
      case ("sync-jobs", 2), ("webhooks", 2): "GET"
      case ("webhooks", 3) where path[2] == "shopify": "POST"
      default: nil
      }
    guard let allowed else {
      return .notFound(
        "There are /v1/drafts/{id}, /v1/sync-jobs, /v1/sync-jobs/{id}, "
          + "/v1/sync-jobs/{id}/progress, /v1/sync-jobs/{id}/finish, /v1/webhooks and "
          + "/v1/webhooks/shopify.")
    }
    return Problem(
      status: 405, code: "method-not-allowed", title: "That cannot be done here",
      detail: "\(request.method) means nothing at \(request.path.prefix(80)); use \(allowed).",
      headers: [("Allow", allowed)])
  }
}

extension Problem {
  fileprivate init(_ refusal: SyncJobRefusal) {
    switch refusal {
    case .unknown: self = .notFound(refusal.explanation)
    case .otherJob:
      self.init(
        status: 409, code: "sync-job-differs", title: "The sync job is another one",
        detail: refusal.explanation)
    case .ended:
      self.init(
        status: 409, code: "sync-job-ended", title: "The sync job is over",
        detail: refusal.explanation)
    }
  }

  static func malformed(_ error: JSONError, _ noun: String) -> Problem {
    Problem(
      status: 400, code: "malformed-body", title: "That is not \(noun)",
      detail: error.description,
      extensions: [
        .init("path", .string(error.path)), .init("byte", .integer(Int64(error.offset))),
      ])
  }
}
