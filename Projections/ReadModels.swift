// Every read model, once: the service, the tools and the tests take them from here.

public import Projecting

/// All read models.
public let readModels: [any ReadModel.Type] = [
  Tenants.self, RefundQueue.self, CaseBoard.self, OrderBalance.self, PayoutHolds.self,
  Returns.self, Notifications.self, Integrations.self,
]
