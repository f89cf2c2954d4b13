// The pages of read models as files that need no service: every page to which links lead from the
// front page, each once. What must hold: each link leads to a file of the folder, to its own page
// or outside; the same rows give the same files.

public import EventSourcing
import Foundation
import HTML
public import Projecting
import Projections
import Routing

/// Writes all pages into a folder.
public struct PageExport: Sendable {
  private let models: any ReadModelReader
  private let renderer: PageRenderer

  /// - Parameters:
  ///   - models: where the pages read their rows.
  ///   - now: what the pages use as the present.
  ///   - notice: what each page says at its top.
  public init(of models: any ReadModelReader, at now: Timestamp, notice: String) {
    self.models = models
    renderer = PageRenderer(
      table: RouteTable(readModels.flatMap { $0.routes(models) }), now: now, notice: notice)
  }

  /// Writes `index.html` and the other pages.
  ///
  /// - Parameters:
  ///   - folder: exists and is empty.
  ///   - progress: called with the number of pages that are written.
  /// - Returns: the number of pages.
  /// - Throws: what rendering a page throws, and Foundation's error for a file that cannot be
  ///   written.
  public func write(
    to folder: String, progress: @Sendable (Int) -> Void = { _ in }
  ) async throws -> Int {
    let tenants = try models.read(Tenants.self) { try Tenants.all(in: $0) }
    var names = PageNames()
    var waiting = [PageTarget.front] + tenants.flatMap { renderer.overviews(of: $0.id) }
    var seen = Set(waiting)
    var written: [PageTarget] = []
    while !waiting.isEmpty {
      var next: [PageTarget] = []
      for target in waiting {
        guard let page = try await renderer.render(target) else { continue }
        switch page {
        case .redirect(let other):
          names.front = other
          if seen.insert(other).inserted { next.append(other) }
        case .markup(let markup):
          try write(markup, as: names[target], to: folder)
          written.append(target)
          progress(written.count)
          for link in PageLinks.targets(in: markup, of: target)
          where renderer.isPage(link) && seen.insert(link).inserted { next.append(link) }
        }
      }
      waiting = next
    }
    try link(written, names, in: folder)
    return written.count
  }

  /// Has the links of all pages lead to files, now that it is known which there are.
  private func link(_ pages: [PageTarget], _ names: PageNames, in folder: String) throws {
    var files: [PageTarget: String] = [:]
    for page in pages { files[page] = names[page] }
    files[.front] = names[.front]
    for page in pages {
      let url = URL(filePath: "\(folder)/\(names[page])")
      let markup = String(decoding: try Data(contentsOf: url), as: UTF8.self)
      try write(
        PageLinks.rewritten(markup, of: page) { files[$0] }, as: names[page], to: folder)
    }
  }

  private func write(_ markup: String, as name: String, to folder: String) throws {
    try Data(markup.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
  }
}
