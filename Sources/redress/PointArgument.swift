// A point of the history on a command line: a position, a recorded time, or a file with a signed
// checkpoint.

import Audit
import CommandHandling
import EventSourcing
import Foundation
import Node

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
