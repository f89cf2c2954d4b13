// What the tests of all gateways share.

import EventSourcing
import Foundation

let acme = TenantID(unchecked: "acme")

/// A folder that is removed with its owner.
final class TemporaryFolder {
  let path = NSTemporaryDirectory() + "redress-gateways-\(UUID().uuidString)"

  init() {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch { preconditionFailure("no temporary folder \(path): \(error)") }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
