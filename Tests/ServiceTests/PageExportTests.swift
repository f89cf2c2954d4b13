// Exported pages need no service: each link leads to a file that is there, and each page says as of
// when it is.

import CommandHandling
import EventSourcing
import Foundation
import Projecting
import RunningRedress
import Service
import Testing

struct PageExportTests {
  @Test func `every page that leads from the front page is a file, once`() async throws {
    try await RunningService.with { running in
      try await exportPages(of: running) { folder, count in
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.count == count)
        for name in [
          "index.html", "tenants.acme.refunds.r1.html", "tenants.acme.cases.k1.html",
          "tenants.acme.customers.robin.html", "tenants.acme.returns.t1.html",
          "tenants.acme.refunds,status=pending.html",
        ] { #expect(files.contains(name)) }
        // The only tenant's first page is the front page.
        #expect(!files.contains("tenants.acme.refunds.html"))
      }
    }
  }

  @Test func `every link leads to a file, and every page says as of when it is`() async throws {
    try await RunningService.with { running in
      try await running.register("zeta")
      await running.settle("zeta")
      try await exportPages(of: running) { folder, _ in
        let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
        #expect(files.contains("tenants.acme.refunds.html"))
        #expect(files.contains("tenants.zeta.cases.html"))
        for name in files {
          let page = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
          #expect(page.contains(#"<p class="banner" role="note">As of &lt;then&gt;</p>"#))
          #expect(!page.contains("<form") && !page.contains("</form>"))
          for part in page.split(separator: " href=\"").dropFirst() {
            let link = part.prefix { $0 != "\"" }
            let file = String(link.prefix { $0 != "#" })
            #expect(file.isEmpty || file == "data:," || files.contains(file), "\(name): \(link)")
          }
        }
        let refund = try String(
          contentsOfFile: "\(folder)/tenants.acme.refunds.r1.html", encoding: .utf8)
        #expect(refund.contains("<a>Events with proofs</a>"))
      }
    }
  }

  @Test func `a second export has the same bytes`() async throws {
    try await RunningService.with { running in
      var exports: [[String: Data]] = []
      for _ in 0..<2 {
        try await exportPages(of: running) { folder, _ in
          let files = try FileManager.default.contentsOfDirectory(atPath: folder)
          exports.append(
            try Dictionary(
              uniqueKeysWithValues: files.map {
                ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)")))
              }))
        }
      }
      #expect(exports[0] == exports[1])
    }
  }
}

/// Lends the folder of all pages that lead from the front page.
func exportPages(
  of running: RunningService, _ body: (_ folder: String, _ count: Int) throws -> Void
) async throws {
  let folder = NSTemporaryDirectory() + "redress-pages-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  let export = PageExport(
    of: running.redress.projections, at: Timestamp.now, notice: "As of <then>")
  try body(folder, try await export.write(to: folder))
}
