// The checkpoints that were signed for a folder's tenants, each verified with the folder's keys.

import EventSourcing
import Foundation
import Transparency

struct SignedCheckpoints {
  var heads: [TenantID: TreeHead] = [:]
  /// Whose checkpoints nobody checked, because there are no keys.
  var unchecked: [TenantID] = []

  /// - Throws: a checkpoint that is there and cannot be believed; nothing where there are no keys.
  init(in folder: DataFolder) throws {
    let notes = folder.log + "/checkpoints"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: notes)) ?? []
    let tenants = names.compactMap { TenantID($0) }
    // Opening the keys would make some; whoever verifies must change nothing.
    guard FileManager.default.fileExists(atPath: folder.keys + "/log-name") else {
      unchecked = tenants.sorted()
      return
    }
    guard !tenants.isEmpty else { return }
    let keys = try LogKeys(opening: folder)
    for tenant in tenants.sorted() {
      let signer = CheckpointSigner(
        logName: keys.name, tenant: tenant.rawValue, folder: notes, keys: keys.keys)
      do { heads[tenant] = try signer.last()?.checkpoint.head } catch {
        throw Stop(code: .wrong, message: "\(error)")
      }
    }
  }
}
