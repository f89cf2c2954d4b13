// The list of read models, shared by the service, the tools and the tests.

public import Projecting

/// All read models, in the order of the navigation.
public let readModels: [any ReadModel.Type] = [
  Tenants.self, RefundQueue.self, CaseBoard.self, Returns.self, PayoutHolds.self,
  Policies.self, OrderBalance.self, Notifications.self, Integrations.self, DueWork.self,
  Audits.self,
]
