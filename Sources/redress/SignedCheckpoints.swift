// The signed checkpoints of a folder's tenants, each verified with the folder's keys.

import Audit
import EventSourcing
import Foundation
import Node
import Transparency

struct SignedCheckpoints {
  var heads: [TenantID: TreeHead] = [:]
  /// Of the notes that are kept by day.
  var daily: [TenantID: [CalendarDate: TreeHead]] = [:]
  /// Tenants whose checkpoints were not checked: there are no keys, or another user owns them.
  var unchecked: [TenantID] = []

  /// - Throws: when a checkpoint does not verify; never when there are no keys of this user.
  init(in folder: DataFolder) throws {
    let notes = folder.log + "/checkpoints"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: notes)) ?? []
    let kept = try DailyCheckpoints.tenants(in: folder.log)
    let tenants = Set(names.compactMap { TenantID($0) } + kept)
    guard !tenants.isEmpty else { return }
    // Verifying changes no file, so a user without access to the signing keys may run it.
    var found: LogKeys?
    do { found = try LogKeys(existing: folder) } catch KeyFolderError.foreignOwner {}
    guard let keys = found else {
      unchecked = tenants.sorted()
      return
    }
    for tenant in tenants.sorted() {
      let signer = CheckpointSigner(
        logName: keys.name, tenant: tenant.rawValue, folder: notes, keys: keys.keys)
      do {
        heads[tenant] = try signer.last()?.checkpoint.head
        daily[tenant] = try DailyCheckpoints(of: tenant, in: folder.log).heads(
          of: tenant, origin: signer.origin, keys: keys.keys.verifierKeys(origin: signer.origin))
      } catch {
        throw Stop(code: .wrong, message: "\(error)")
      }
    }
  }
}
