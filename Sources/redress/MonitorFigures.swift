// The metrics of a monitor, in the text format of Prometheus, for node_exporter's textfile
// collector. An alarm of today's run stays raised.

import Audit
import EventSourcing
import Foundation
import Transparency

struct MonitorFigures {
  private struct Tenant {
    var isReadable = true
    var alarmCount = 0
    var findingCount = 0
    var size: UInt64 = 0
    var newEventCount: UInt64 = 0
    var rereadEventCount: UInt64 = 0
    var lastSuccess = 0
  }

  private var tenants: [TenantID: Tenant] = [:]

  mutating func note(_ round: TenantMonitor.Round, of tenant: TenantID) {
    tenants[tenant, default: Tenant()].isReadable = true
    tenants[tenant]?.size = round.size
    tenants[tenant]?.newEventCount += round.newEventCount
    tenants[tenant]?.rereadEventCount += round.rereadEventCount
    tenants[tenant]?.findingCount += round.findings.count
    tenants[tenant]?.lastSuccess = Int(Date.now.timeIntervalSince1970)
  }

  mutating func raise(_ tenant: TenantID) { tenants[tenant, default: Tenant()].alarmCount += 1 }

  /// - Returns: whether the source could be read before.
  mutating func miss(_ tenant: TenantID) -> Bool {
    let couldBeRead = tenants[tenant]?.isReadable ?? true
    tenants[tenant, default: Tenant()].isReadable = false
    return couldBeRead
  }

  func write(to file: String) throws {
    do { try DurableFile.replace(file, with: Array(text.utf8), mode: 0o644) } catch {
      throw Stop.unable("cannot write --metrics: \(error)")
    }
  }

  private var text: String {
    family("alarms", "gauge", "Forks, and missing or changed events, that this run has seen.") {
      $0.alarmCount
    }
      + family("findings", "gauge", "Findings of the audit's controls in this run.") {
        $0.findingCount
      }
      + family("source_up", "gauge", "Whether the source could be read in the last round.") {
        $0.isReadable ? 1 : 0
      }
      + family("checkpoint_events", "gauge", "The size of the newest checkpoint.") {
        Int($0.size)
      }
      + family("read_events_total", "counter", "Events that were read for the first time.") {
        Int($0.newEventCount)
      }
      + family("reread_events_total", "counter", "Events that were read again.") {
        Int($0.rereadEventCount)
      }
      + family("last_success_timestamp_seconds", "gauge", "When a round last found all well.") {
        $0.lastSuccess
      }
  }

  private func family(
    _ name: String, _ type: String, _ help: String, _ value: (Tenant) -> Int
  ) -> String {
    let name = "redress_monitor_\(name)"
    return "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      + tenants.sorted { $0.key < $1.key }.map {
        "\(name){tenant=\"\($0.key)\"} \(value($0.value))\n"
      }.joined()
  }
}
