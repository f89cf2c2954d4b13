// Finds the points of a command line in the log, which needs no service and changes no file. What
// must hold: points are of one tenant wherever one has to be named, and a checkpoint is one that
// this log signed.

import Audit
import EventSourcing
import Node
import Transparency

/// Points of the history on one command line, and the one tenant that they may be about.
struct PointReader {
  let folder: DataFolder
  /// What `--tenant` names.
  let name: String?

  /// A point and how pages and messages call it.
  struct Found {
    var point: HistoryPoint
    var name: String
    /// The signed checkpoint that the point is.
    var checkpoint: Checkpoint?
  }

  private struct Wanted {
    var bound: AuditBound
    var name: String
    var signed: (checkpoint: Checkpoint, tenant: TenantID)?
  }

  /// Finds points that are all of one tenant, or of every tenant where no one has to be named.
  ///
  /// - Parameter needsTenant: whether also times are about one tenant only.
  func find(_ arguments: [PointArgument], needsTenant: Bool) throws -> [Found] {
    let wanted = try arguments.map(read)
    var tenant = try name.map { try folder.tenant(named: $0) }
    for owner in wanted.compactMap(\.signed?.tenant) {
      guard tenant == nil || tenant == owner else {
        throw Stop.usage("the checkpoint is of \(owner), not of \(tenant ?? owner)")
      }
      tenant = owner
    }
    let isPosition = wanted.contains { if case .position = $0.bound { true } else { false } }
    if isPosition || needsTenant { tenant = try tenant ?? folder.tenant(named: nil) }
    return try wanted.map { try find($0, of: tenant) }
  }

  private func read(_ argument: PointArgument) throws -> Wanted {
    switch argument {
    case .bound(let bound): return Wanted(bound: bound, name: "\(bound)")
    case .checkpoint(let file):
      let (checkpoint, tenant) = try verified(file)
      let size = checkpoint.head.size
      guard size > 0 else {
        throw Stop.unable("the checkpoint of \(tenant) is of a history without events")
      }
      return Wanted(
        bound: .position(Position(size - 1)), name: "the checkpoint over \(size) events",
        signed: (checkpoint, tenant))
    }
  }

  private func find(_ wanted: Wanted, of tenant: TenantID?) throws -> Found {
    let progress = ProgressLine()
    defer { progress.clear() }
    do {
      let point = try HistoryPoint(
        upTo: wanted.bound, of: tenant, signed: wanted.signed?.checkpoint.head,
        logFolder: folder.log
      ) { progress.show("\($0) commits searched") }
      let whose = tenant.map { " of \($0)" } ?? ""
      return Found(
        point: point, name: wanted.name + whose, checkpoint: wanted.signed?.checkpoint)
    } catch let error as NoSuchPoint { throw Stop.unable("\(error)") }
  }

  /// Reads a checkpoint and verifies its signature with the folder's own keys.
  private func verified(_ file: CheckpointFile) throws -> (Checkpoint, TenantID) {
    let note = try file.read()
    let tenant = try file.tenant(of: note)
    let keys = try LogKeys.required(in: folder)
    let verifiers = keys.keys.verifierKeys(origin: "\(keys.name)/\(tenant)")
    return (try file.verified(note, with: verifiers), tenant)
  }
}
