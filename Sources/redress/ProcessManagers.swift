// The process managers that submit commands when their time has come: what each is called, and the
// read model that says what is due.

import CommandHandling
import EventSourcing
import Events
import Projecting
import Projections
import SQLite

/// All of them; whoever runs them wakes them again and again.
func processManagers(
  _ sequencer: Sequencer, _ projections: ProjectionRuntime
) -> [ProcessManager] {
  func manager(
    _ name: String, _ model: any ReadModel.Type,
    due: @escaping @Sendable (_ limit: Int, Database) throws -> [DueCommand]
  ) -> ProcessManager {
    ProcessManager(
      name: name, sequencer: sequencer,
      list: { limit in try projections.read(model.self) { try due(limit, $0) } },
      onFailure: { say("what \(name) has to do cannot be read: \($0)") })
  }
  return [
    // H2: at most one minute late.
    manager("hold-expiry", PayoutHolds.self) {
      try PayoutHolds.due(at: .now, limit: $0, in: $1)
    },
    // V2, V3, R5: what the policy approves, and what a completed return comes to.
    manager("return-approval", Returns.self) { try Returns.approvalsDue(limit: $0, in: $1) },
    manager("return-completion", Returns.self) { try Returns.completionsDue(limit: $0, in: $1) },
    manager("return-refund", Returns.self) { try Returns.refundsDue(limit: $0, in: $1) },
    manager("refund-approval", Returns.self) { try Returns.refundApprovalsDue(limit: $0, in: $1) },
    manager("return-expiry", Returns.self) {
      try Returns.expiriesDue(at: .now, limit: $0, in: $1)
    },
    manager("sla-clocks", CaseBoard.self) {
      try CaseBoard.missedTargets(at: .now, limit: $0, in: $1)
    },
  ]
}
