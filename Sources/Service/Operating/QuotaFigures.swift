// How much of their quotas tenants use, for /metrics. What must hold: the text does not grow
// with their number.

import CommandHandling
import EventSourcing
import Operations

struct QuotaFigures {
  private var uses: [QuotaUse]
  private let limits: TenantQuotas
  private let exceeded: [Quota: UInt64]

  /// The fullest are shown.
  private static let countMax = 100

  init(of records: OperationalRecords, _ sequencer: Sequencer) {
    let limits = records.quotas
    let refusals = sequencer.refusals.counts.map {
      QuotaUse(tenant: $0, quota: .refusals, amount: $1)
    }
    // What fails with its disk is left out; the other counters say that it does.
    let all = ((try? records.quotaUse()) ?? []) + refusals
    let share = { (use: QuotaUse) in Double(use.amount) / Double(limits[use.quota]) }
    uses = Array(all.sorted { share($0) > share($1) }.prefix(Self.countMax))
    self.limits = limits
    exceeded = records.exceededCounts.merging([.refusals: sequencer.refusals.excessCount]) { $1 }
  }

  func write(to text: inout MetricsText) {
    text.add(
      "redress_quota_used", .gauge,
      "What a tenant has of what is counted for each; the \(Self.countMax) fullest.",
      uses.map {
        ([("tenant", $0.tenant.rawValue), ("quota", $0.quota.rawValue)], UInt64($0.amount))
      })
    text.add(
      "redress_quota_limit", .gauge, "The most that a tenant may have.", label: "quota",
      Quota.allCases.map { ($0.rawValue, UInt64(limits[$0])) })
    text.add(
      "redress_quota_exceeded_total", .counter,
      "How often a quota kept something out; of refusals, those that were not recorded.",
      label: "quota", Quota.allCases.map { ($0.rawValue, exceeded[$0] ?? 0) })
  }
}
