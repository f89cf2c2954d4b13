// The endpoint of an order's balance.

import EventSourcing
import Events
import Projecting
import Routing

struct OrderRoutes {
  var models: any ReadModelReader

  private static let orderID = Parameter.path("orderId", as: OrderID.self)

  var all: [Route] {
    [
      Route(
        .get, "/v1/orders/{orderId}/balance",
        "What was captured for an order, by payment, and what is left to refund.", tenant: .query,
        reads: [OrderBalance.name], permission: .readOrders,
        owner: owner, parameters: [Self.orderID],
        answers: [
          .json(
            "OrderBalance",
            .row(OrderBalanceRow.self).with(["payments": .rows(PaymentBalanceRow.self)])),
          .problem(.notFound),
        ]
      ) { [models] call in
        try models.find("order", Self.orderID, of: call, in: OrderBalance.self) { id, database in
          guard let order = try OrderBalance.order(id, tenant: call.tenant, in: database) else {
            return nil
          }
          let payments = try OrderBalance.payments(of: id, tenant: call.tenant, in: database)
          return .object(order.members, ["payments": .array(payments)])
        }
      }
    ]
  }

  private var owner: Route.Owner {
    { [models] call in
      try models.read(OrderBalance.self) {
        try OrderBalance.order(call[Self.orderID], tenant: call.tenant, in: $0)?.customerID
      }
    }
  }
}
