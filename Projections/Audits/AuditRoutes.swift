// The endpoints and pages of audits and accesses.

import EventSourcing
import HTML
import JSON
import Projecting
import Routing

struct AuditRoutes {
  var models: any ReadModelReader

  private static let permission = RoutePermission.readAudit

  var all: [Route] { [last, accesses, operatorActions, page, accessPage] }

  private var last: Route {
    Route(
      .get, "/v1/audit", "The last audit of the tenant's history, and the rebuilt read models.",
      tenant: .query, reads: [Audits.name], permission: Self.permission,
      answers: [
        .json(
          "Audit",
          .object([
            "audit": .nullable(.row(AuditRow.self)), "controls": .rows(ControlOutcomeRow.self),
            "findings": .rows(FindingRow.self), "readModels": .rows(VerifiedProjectionRow.self),
          ]))
      ]
    ) { [models] call in
      try models.read(Audits.self) { database in
        .object([
          "audit": try Audits.audit(of: call.tenant, in: database)?.json ?? .null,
          "controls": .array(try Audits.outcomes(of: call.tenant, in: database)),
          "findings": .array(try Audits.findings(of: call.tenant, in: database)),
          "readModels": .array(try Audits.verified(in: database)),
        ])
      }
    }
  }

  private var accesses: Route {
    Route(
      .get, "/v1/accesses", "Who opened or was handed what of the tenant, newest first.",
      tenant: .query, reads: [Audits.name], permission: Self.permission,
      parameters: [PageParameters.before, PageParameters.limit],
      answers: [
        .json("Accesses", .object(["accesses": .rows(AccessRow.self), "next": .next]))
      ]
    ) { [models] call in
      let slice = try models.read(Audits.self) {
        try $0.newest(
          AccessRow.self, tenant: call.tenant.rawValue, before: call[PageParameters.before],
          limit: call[PageParameters.limit])
      }
      return .object(["accesses": .array(slice.rows), "next": slice.nextJSON])
    }
  }

  private var operatorActions: Route {
    Route(
      .get, "/v1/operator-actions", "What operators did to the service's keys and copies.",
      access: .socketOnly, permission: .readOperations,
      parameters: [PageParameters.before, PageParameters.limit],
      answers: [
        .json(
          "OperatorActions", .object(["actions": .rows(OperatorActionRow.self), "next": .next]))
      ]
    ) { [models] call in
      let slice = try models.read(Audits.self) {
        try $0.newest(
          OperatorActionRow.self, tenant: TenantID.system.rawValue,
          before: call[PageParameters.before], limit: call[PageParameters.limit])
      }
      return .object(["actions": .array(slice.rows), "next": slice.nextJSON])
    }
  }

  private var page: Route {
    models.page(
      of: Audits.self, "/tenants/{tenant}/audit", "What the last audit of the tenant found.",
      navigation: "Audit", permission: Self.permission
    ) { _, tenant, database in
      try AuditPage(
        tenant: tenant, audit: Audits.audit(of: tenant.id, in: database),
        outcomes: Audits.outcomes(of: tenant.id, in: database),
        findings: Audits.findings(of: tenant.id, in: database),
        verified: Audits.verified(in: database)
      ).page
    }
  }

  private var accessPage: Route {
    models.page(
      of: Audits.self, "/tenants/{tenant}/audit/accesses",
      "Who opened or was handed what of the tenant.", permission: Self.permission,
      parameters: [PageParameters.before]
    ) { call, tenant, database in
      let slice = try database.newest(
        AccessRow.self, tenant: tenant.tenant, before: call[PageParameters.before],
        limit: PageParameters.pageLength)
      return AuditPage.accesses(slice, of: tenant)
    }
  }
}
