// Every read model, once: the service, the tools and the tests take them from here.

public import Projecting
import Projections

/// All read models.
public let allProjectors: [any Projector.Type] = [
  RefundQueue.self, CaseBoard.self, OrderBalance.self, PayoutHolds.self, Returns.self,
  Notifications.self, Integrations.self, DueWork.self,
]
