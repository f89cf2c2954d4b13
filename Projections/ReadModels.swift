// Every read model, once: the service, the tools and the tests take them from here.

public import Projecting

/// All read models; their pages have this order in the navigation.
public let readModels: [any ReadModel.Type] = [
  Tenants.self, RefundQueue.self, CaseBoard.self, Returns.self, PayoutHolds.self,
  OrderBalance.self, Notifications.self, Integrations.self, DueWork.self,
]
