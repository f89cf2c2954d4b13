// What the service says about the tenant's refunds, status by status:
//
//     {"refunds":[…],"totals":[
//       {"status":"executed","currency":"GBP","count":1543,"amount":18844537},…],…}

internal import JSON

/// How many refunds are in each status, and their money in pence.
struct RefundTotals: Equatable, Sendable {
  struct Total: Equatable, Sendable {
    var count: Int64 = 0
    var amount: Int64 = 0
  }

  private var totals: [String: Total] = [:]

  /// Reads them; nil while the read model has not got as far as `position`.
  init?(from service: inout some RetailService, position: Int64) throws(ImportError) {
    let target =
      "/v1/refunds?tenant=\(CommandBatch.tenant)&status=executed&limit=1&minPosition=\(position)"
    guard let answer = try service.get(target) else { return nil }
    guard let elements = (try? JSONValue(parsing: answer))?["totals"]?.elements else {
      throw .unexpectedAnswer(String(decoding: answer.prefix(200), as: UTF8.self))
    }
    for element in elements {
      guard let status = element["status"]?.string, let count = element["count"]?.integer,
        let amount = element["amount"]?.integer
      else { throw .unexpectedAnswer(String(decoding: element.json, as: UTF8.self)) }
      totals[status, default: Total()].count += count
      totals[status, default: Total()].amount += amount
    }
  }

  subscript(status: String) -> Total { totals[status] ?? Total() }

  /// Refunds that were approved and whose payment has no known end yet.
  var unsettled: Int64 {
    ["approved", "processing", "outcome_unknown"].reduce(0) { $0 + self[$1].count }
  }
}
