// How much of each tenant's history was signed, as the notes in the log's folder say: what recovery
// must not cut off. A note that cannot be read is judged when the checkpoints are.

import EventSourcing
import Transparency

enum SignedSizes {
  /// By tenant, the number of events below its newest checkpoint.
  static func all(inLogFolder folder: String) -> [TenantID: UInt64] {
    let checkpoints = "\(folder)/checkpoints"
    var sizes: [TenantID: UInt64] = [:]
    for name in (try? DurableFile.names(in: checkpoints)) ?? [] {
      guard let tenant = TenantID(name),
        let bytes = try? DurableFile.read("\(checkpoints)/\(name)"),
        let note = try? SignedNote(bytes), let checkpoint = try? Checkpoint(text: note.text)
      else { continue }
      sizes[tenant] = checkpoint.head.size
    }
    return sizes
  }
}
