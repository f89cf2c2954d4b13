// A point of the history on a command line: a position, a recorded time, or a file with a signed
// checkpoint. It is found by reading the log, which needs no service and changes no file.

import Audit
import CommandHandling
import EventSourcing
import Foundation
import Node
import Transparency

enum PointArgument {
  case bound(AuditBound)
  case checkpoint(CheckpointFile)

  /// - Throws: a usage error for a text that is no point.
  init(_ text: String, in folder: DataFolder) throws {
    if let bound = AuditBound(text) {
      if case .time(let time) = bound, time > .now {
        throw Stop.unable("\(time) has not come yet, so what will be recorded is not known")
      }
      self = .bound(bound)
    } else if text == "-" || FileManager.default.fileExists(atPath: text) {
      self = .checkpoint(CheckpointFile(folder: folder, file: text))
    } else {
      throw Stop.usage(
        "\(text) is no point: give a position, a time such as 2026-01-16T10:00:00Z, or a file with "
          + "a signed checkpoint")
    }
  }
}

/// Points of the history on one command line, and the one tenant that they may be about.
struct PointReader {
  let folder: DataFolder
  /// What `--tenant` names.
  let name: String?

  /// A point and how pages and messages call it.
  struct Found {
    var point: HistoryPoint
    var name: String
    var tenant: TenantID?
    var checkpoint: Checkpoint?
  }

  /// Finds points that are all of one tenant, or of every tenant where no one has to be named.
  ///
  /// - Parameter needsTenant: whether also times are about one tenant only.
  func find(_ arguments: [PointArgument], needsTenant: Bool) throws -> [Found] {
    var checkpoints: [Checkpoint?] = []
    var tenant = try name.map { try folder.tenant(named: $0) }
    for argument in arguments {
      guard case .checkpoint(let file) = argument else {
        checkpoints.append(nil)
        continue
      }
      let (checkpoint, owner) = try verified(file)
      guard tenant == nil || tenant == owner else {
        throw Stop.usage("\(file.file) is a checkpoint of \(owner), not of \(tenant ?? owner)")
      }
      tenant = owner
      checkpoints.append(checkpoint)
    }
    let isPosition = arguments.contains { if case .bound(.position) = $0 { true } else { false } }
    if isPosition || needsTenant { tenant = try tenant ?? folder.tenant(named: nil) }
    return try zip(arguments, checkpoints).map { argument, checkpoint in
      try find(argument, of: tenant, checkpoint)
    }
  }

  private func find(
    _ argument: PointArgument, of tenant: TenantID?, _ checkpoint: Checkpoint?
  ) throws -> Found {
    let whose = tenant.map { " of \($0)" } ?? ""
    let bound: AuditBound
    let name: String
    switch (argument, checkpoint) {
    case (.bound(let given), _):
      (bound, name) = (given, "\(given)\(whose)")
    case (.checkpoint, let checkpoint?):
      guard checkpoint.head.size > 0 else {
        throw Stop.unable("the checkpoint\(whose) is of a history without events")
      }
      bound = .position(Position(checkpoint.head.size - 1))
      name = "the checkpoint over \(checkpoint.head.size) events\(whose)"
    case (.checkpoint, nil): preconditionFailure("a checkpoint was not read")
    }
    do {
      let point = try HistoryPoint(
        upTo: bound, of: tenant, signed: checkpoint?.head, logFolder: folder.log)
      return Found(point: point, name: name, tenant: tenant, checkpoint: checkpoint)
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

extension AuditBound {
  /// - Returns: `nil` for a text that is neither a position nor a time.
  init?(_ text: String) {
    if let position = UInt64(text) {
      self = .position(Position(position))
    } else if let time = Timestamp(text) {
      self = .time(time)
    } else {
      return nil
    }
  }
}
