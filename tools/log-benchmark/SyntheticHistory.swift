// A history that looks like refunds, without their rules: commits of two events, on the streams of
// a refund and of its order, of many tenants side by side. The same seed gives the same history.

import EventLog
import EventSourcing
import SeededRandom

struct SyntheticHistory {
  /// How many pairs of streams there will be.
  let pairCount: Int
  let tenants: [TenantID]
  /// How many pairs get events at the same time.
  let openPairCount: Int
  let commitCount: Int
  private var made = 0
  private var positions: [UInt64]
  private var revisions: [UInt16]
  private var random = SplitMix64(seed: 1)

  init(eventCount: Int, streamCount: Int, tenantCount: Int, openStreamCount: Int) {
    pairCount = max(1, streamCount / 2)
    openPairCount = min(max(1, openStreamCount / 2), pairCount)
    commitCount = eventCount / 2
    tenants = (0..<tenantCount).map { TenantID("shop-\($0)")! }
    positions = Array(repeating: 0, count: tenantCount)
    revisions = Array(repeating: 0, count: pairCount)
  }

  static func stream(_ pair: Int) -> StreamName { StreamName("refund/srf_\(pair)") }

  func tenant(of pair: Int) -> TenantID { tenants[pair % tenants.count] }

  mutating func next() -> Commit? {
    guard made < commitCount else { return nil }
    let oldest = made * (pairCount - openPairCount) / commitCount
    let pair = oldest + Int(random.next() % UInt64(openPairCount))
    let tenant = pair % tenants.count
    let command = "cmd-\(made)"
    let hash = String(random.next(), radix: 16) + String(random.next(), radix: 16)
    let seconds = made % 86_400
    let day = 10 + made / 86_400 % 90
    let clock = "\(10 + seconds / 3600 % 14):\(10 + seconds / 60 % 50):\(10 + seconds % 50)"
    var lines = ""
    for (kind, name, type) in [
      ("refund", "srf", "RefundRequested"), ("order", "ord", "OrderBalanceReserved"),
    ] {
      let amounts = (0..<4).map { _ in random.next() % 90_000 }
      lines += """
        {"specversion":"1.0","id":"\(positions[tenant])","source":"/tenants/\(tenants[tenant])",\
        "type":"\(type)","dataschema":"urn:redress:event:\(type):1",\
        "subject":"\(kind)/\(name)_\(pair)",\
        "time":"2026-01-\(day)T\(clock).\(100_000 + random.next() % 900_000)Z",\
        "recordedtime":"2026-01-\(day)T\(clock).\(100_000 + random.next() % 900_000)Z",\
        "revision":\(revisions[pair]),"commandid":"\(command)","commandhash":"\(hash)",\
        "actor":"agent/usr_\(random.next() % 40)","peeruid":1000,"data":{"refundId":"srf_\(pair)",\
        "orderId":"ord_\(pair)","items":[{"lineId":"1","quantity":\(1 + random.next() % 9)}],\
        "amount":\(amounts[0]),"discount":\(amounts[1]),"tax":\(amounts[2]),"total":\(amounts[3])}}

        """
      positions[tenant] += 1
    }
    revisions[pair] += 1
    made += 1
    return Commit(
      tenant: tenants[tenant], commandID: CommandID(command)!,
      firstPosition: Position(positions[tenant] - 2), lines: Array(lines.utf8),
      streams: [StreamName("refund/srf_\(pair)"), StreamName("order/ord_\(pair)")])
  }
}

/// What the log's index needs to know of a line of this history.
@Sendable func describeSynthetic(
  _ line: UnsafeRawBufferPointer
) throws -> (StreamName, CommandID) {
  struct NotSynthetic: Error {}
  guard let stream = value(after: "\"subject\":\"", in: line),
    let command = value(after: "\"commandid\":\"", in: line), let id = CommandID(command)
  else { throw NotSynthetic() }
  return (StreamName(stream), id)
}

private func value(after key: StaticString, in line: UnsafeRawBufferPointer) -> String? {
  let key = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
  var start = 0
  while start + key.count < line.count {
    if line[start] == key[0], key.indices.allSatisfy({ line[start + $0] == key[$0] }) {
      let rest = line[(start + key.count)...]
      return rest.firstIndex(of: UInt8(ascii: "\"")).map {
        String(decoding: line[(start + key.count)..<$0], as: UTF8.self)
      }
    }
    start += 1
  }
  return nil
}
