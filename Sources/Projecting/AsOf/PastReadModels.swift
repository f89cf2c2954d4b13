// Read models as they were: built from the log alone by the same steps as a rebuild, from the
// commits of one extent of the history. What must hold: the files are those that a log with only
// these commits would give, which the digests prove.

public import EventLog
import EventSourcing
public import PersonalData
public import SQLite

/// Read models that end before the log does.
public final class PastReadModels: ReadModelReader {
  /// One for each read model, in their order.
  public let reports: [RebuildReport]
  private let pools: ConnectionPools

  /// Builds each read model in a file of its own, named as a service names it.
  ///
  /// - Parameters:
  ///   - folder: exists, and holds none of these files.
  ///   - vault: opens personal texts for the handlers; without one they stay sealed.
  ///   - progress: called with the number of commits that are done, after each step.
  /// - Throws: ``RebuildFailed`` when an event cannot be applied; `SQLiteError`, `LogError`.
  public init(
    of readModels: [any ReadModel.Type], in extent: HistoryExtent, logFolder: String,
    vault: PersonalVault?, folder: String, progress: (Int) -> Void = { _ in }
  ) throws {
    let models = try readModels.map { readModel in
      try LiveReadModel.open(
        readModel, path: ProjectionRuntime.path(of: readModel, in: folder), for: .building)
    }
    var core = ProjectionRuntime.Core(
      models: models, reader: try LogReader(folder: logFolder), vault: vault)
    core.extent = extent
    try core.build(to: extent.end, progress: progress)
    for model in models { try model.makeIndexes() }
    reports = try models.map { model in
      let built = try model.finish()
      return RebuildReport(
        name: built.readModel.name, version: built.readModel.version,
        commitCount: Int(built.checkpoint.value), digest: built.digest, previousDigest: nil)
    }
    pools = Dictionary(
      uniqueKeysWithValues: models.map { ($0.readModel.name, ConnectionPool(path: $0.path)) })
  }

  public func read<R>(_ model: any ReadModel.Type, _ body: (Database) throws -> R) throws -> R {
    try pools.pool(of: model.name).read(body)
  }
}
