// What changed in read models between two points of one tenant's history. Each is built up to the
// first point and goes on to the second, with a trace of its rows, in a temporary database that
// SQLite keeps in memory and, where it is large, in a file without a name. So nothing is left
// behind, however the process ends.

public import EventLog
import EventSourcing
public import PersonalData

/// Compares read models with what they were.
public struct ReadModelDifference {
  private let models: [LiveReadModel]

  /// SQLite's name of a temporary database.
  private static let temporary = ""

  /// Builds the read models up to both points.
  ///
  /// - Parameters:
  ///   - vault: opens personal texts for the handlers; without one they stay sealed.
  ///   - progress: called with the number of commits that are done, after each step.
  /// - Precondition: `to` begins with all commits of `from`.
  /// - Throws: ``RebuildFailed`` when an event cannot be applied; `SQLiteError`, `LogError`.
  public init(
    of readModels: [any ReadModel.Type], from: HistoryExtent, to: HistoryExtent,
    logFolder: String, vault: PersonalVault?, progress: (Int) -> Void = { _ in }
  ) throws {
    precondition(from.end <= to.end, "the first point comes after the second")
    models = try readModels.map {
      try LiveReadModel.open($0, path: Self.temporary, for: .building)
    }
    var core = ProjectionRuntime.Core(
      models: models, reader: try LogReader(folder: logFolder), vault: vault)
    core.extent = from
    try core.build(to: from.end, progress: progress)
    for model in models { try model.startTrace() }
    core.extent = to
    try core.build(to: to.end, progress: progress)
  }

  /// Calls `body` with each row that differs: by read model in the order given, table and key.
  ///
  /// - Throws: what `body` throws, and `SQLiteError`.
  public func forEachChange(_ body: (RowChange) throws -> Void) throws {
    for model in models { try model.trace?.forEachChange(of: model.readModel.name, body) }
  }
}
