// Histories that were forged and signed with the log's own key: no signature, root or chain shows
// them. The report in the export does, and so does an audit of the export alone.

import Audit
import Foundation
import Testing

struct `The report in an export` {
  /// One forgery for each control.
  private static let forgeries = Dictionary(
    grouping: `The controls of the audit`.forgeries, by: \.control
  ).values.compactMap(\.first).sorted { $0.control < $1.control }

  @Test(arguments: forgeries)
  func `finds a forgery that the log's own key signed`(
    _ forgery: `The controls of the audit`.Forgery
  ) async throws {
    var history = try await ForgedHistory(HonestHistory.shared.value)
    try forgery.forge(&history)
    let folder = NSTemporaryDirectory() + "redress-forged-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let head = try history.write(to: folder)
    let export = TenantExport(
      TenantExport.Configuration(
        logFolder: folder + "/log", tenant: ForgedHistory.tenant, target: folder + "/export",
        build: "test", logName: "test", keys: history.keys))
    var reported: [ControlFinding] = []
    let summary = try export.run(formats: { report in
      reported = report.findings
      return []
    })
    #expect(reported.contains { $0.control == forgery.control }, "\(reported)")
    #expect(summary.findingCount == reported.count && summary.head == head)
    let audit = ComplianceAudit(.init(logFolder: folder + "/export/log", build: "test"))
    #expect(try audit.run().findings == reported)
  }

  @Test func `has a forgery of each control to find`() async throws {
    let report = try await ForgedHistory(HonestHistory.shared.value).audited()
    #expect(Set(Self.forgeries.map(\.control)) == Set(report.controls.map(\.id)))
  }
}
