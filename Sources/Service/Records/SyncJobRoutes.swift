// PUT and GET /v1/sync-jobs/{jobId}, POST …/progress and …/finish, GET /v1/sync-jobs, on the
// Unix socket only: what a program that imports orders reports of its run. None of it is history.

import EventSourcing
import JSON
import Operations
import Routing

struct SyncJobRoutes: Sendable {
  var records: OperationalRecords

  private static let id = Parameter.path("jobId", as: SyncJobID.self)
  private static let status = Parameter.choice("status", of: SyncJob.statuses)

  var routes: [Route] {
    [
      Route(
        .get, "/v1/sync-jobs", "The sync jobs of a tenant.", access: .socketOnly, tenant: .query,
        permission: .readSyncJobs, parameters: [Self.status, pageLimit],
        answers: [.json("SyncJobs", .object(["syncJobs": .list(SyncJob.answer)]))]
      ) { call in
        let jobs = try records.syncJobs(
          tenant: call.tenant, status: call[Self.status], limit: call[pageLimit],
          at: call.receivedAt)
        return .json(.object([.init("syncJobs", .array(jobs.map(\.json)))]))
      },
      Route(
        .put, "/v1/sync-jobs/{jobId}", "Begins a sync job.", access: .socketOnly,
        tenant: .activeInQuery, permission: .writeSyncJobs, parameters: [Self.id],
        request: .record(SyncJobOrder.self),
        answers: [.json("SyncJob", SyncJob.answer), .json("SyncJob", SyncJob.answer, .created)]
      ) { call in
        let (job, isNew) = try records.begin(
          SyncJobOrder(body: call.body), as: call[Self.id], tenant: call.tenant,
          at: call.receivedAt)
        return .json(job.json, status: isNew ? .created : .ok)
      },
      Route(
        .get, "/v1/sync-jobs/{jobId}", "A sync job.", access: .socketOnly, tenant: .query,
        permission: .readSyncJobs, parameters: [Self.id],
        answers: [.json("SyncJob", SyncJob.answer)]
      ) { call in
        let id = call[Self.id]
        guard let job = try records.syncJob(id, tenant: call.tenant, at: call.receivedAt) else {
          throw SyncJobRefusal.unknown(id)
        }
        return .json(job.json)
      },
      report(
        "/v1/sync-jobs/{jobId}/progress", "Reports a sync job's progress.", SyncProgress.self
      ) { call, progress in
        try records.report(
          progress, of: call[Self.id], tenant: call.tenant,
          at: call.receivedAt)
      },
      report("/v1/sync-jobs/{jobId}/finish", "Ends a sync job.", SyncJobEnd.self) { call, end in
        try records.finish(
          call[Self.id], with: end, tenant: call.tenant, at: call.receivedAt)
      },
    ]
  }

  /// A route that changes a job that runs.
  private func report<Body: ShapedBody & SendableMetatype>(
    _ path: PathTemplate, _ summary: String, _: Body.Type,
    change: @escaping @Sendable (Call, Body) throws -> SyncJob
  ) -> Route {
    Route(
      .post, path, summary, access: .socketOnly, tenant: .query, permission: .writeSyncJobs,
      parameters: [Self.id], request: .record(Body.self),
      answers: [.json("SyncJob", SyncJob.answer), .problem(.conflict)]
    ) { .json(try change($0, Body(body: $0.body)).json) }
  }
}
