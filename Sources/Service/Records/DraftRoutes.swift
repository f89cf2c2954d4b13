// PUT, GET and DELETE /v1/drafts/{draftId}, on the Unix socket only: drafts are personal, change
// without a command and are not history.

import EventSourcing
import JSON
import Operations
import PersonalData
import Projecting
import Projections
import Routing

struct DraftRoutes: Sendable {
  var records: OperationalRecords
  var vault: PersonalVault
  var projections: ProjectionRuntime

  private static let id = Parameter.path("draftId", as: DraftID.self)
  private static let path: PathTemplate = "/v1/drafts/{draftId}"

  var routes: [Route] {
    [
      Route(
        .put, Self.path, "Saves a draft of a return for twelve hours.", access: .socketOnly,
        tenant: .activeInQuery, permission: .writeDrafts, parameters: [Self.id],
        request: .record(ReturnDraft.self),
        answers: [
          .json("Draft", SavedDraft.answer), .json("Draft", SavedDraft.answer, .created),
          .problem(.insufficientStorage),
        ],
        handle: save),
      Route(
        .get, Self.path, "A draft of a return.", access: .socketOnly, tenant: .query,
        permission: .readDrafts, parameters: [Self.id], answers: [.json("Draft", SavedDraft.answer)]
      ) { call in
        guard
          let saved = try records.draft(
            call[Self.id], tenant: call.tenant, at: call.receivedAt)
        else { throw unknown(call) }
        return .json(saved.json)
      },
      Route(
        .delete, Self.path, "Deletes a draft of a return.", access: .socketOnly, tenant: .query,
        permission: .writeDrafts, parameters: [Self.id],
        answers: [.none]
      ) { call in
        guard
          try records.deleteDraft(call[Self.id], tenant: call.tenant, at: call.receivedAt)
        else { throw unknown(call) }
        return .noContent
      },
    ]
  }

  private func save(_ call: Call) throws -> Reply {
    let draft = try ReturnDraft(body: call.body)
    var owners = try projections.read(OrderBalance.self) {
      try OrderBalance.customers(ofOrders: [draft.orderID], tenant: call.tenant, in: $0)
    }
    if let customer = draft.customerID { owners.insert(customer) }
    for owner in owners.sorted() {
      let person = Person(owner, of: call.tenant)
      if try vault.isErased(person) { throw Problem.erased(person, .conflict) }
    }
    let (saved, isNew) = try records.save(
      draft, as: call[Self.id], tenant: call.tenant, at: call.receivedAt)
    return .json(saved.json, status: isNew ? .created : .ok)
  }

  private func unknown(_ call: Call) -> Problem {
    .notFound(
      "The tenant \(call.tenant) has no draft \(call[Self.id]). A draft is kept for 12 hours "
        + "after it was last saved.")
  }
}
