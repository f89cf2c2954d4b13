// One simulated folder: names become durable, or stop being so, only by syncing it.

struct Folder: Sendable {
  enum Change: Sendable {
    case add(String, inode: Int)
    case remove(String)
    case rename(String, to: String)
  }

  /// Whether the folder's own name is durable.
  var isDurable = false
  private(set) var cached: [String: Int] = [:]
  private var durable: [String: Int] = [:]
  private var unsynced: [Change] = []

  mutating func change(_ change: Change) {
    Folder.apply(change, to: &cached)
    unsynced.append(change)
  }

  mutating func sync() {
    durable = cached
    unsynced = []
  }

  var unsyncedCount: Int { unsynced.count }

  mutating func losePower(_ crash: inout Crash) {
    for change in unsynced where crash.keeps() { Folder.apply(change, to: &durable) }
    unsynced = []
    cached = durable
  }

  /// A renaming happens as a whole or not at all.
  private static func apply(_ change: Change, to entries: inout [String: Int]) {
    switch change {
    case .add(let name, let inode): entries[name] = inode
    case .remove(let name): entries[name] = nil
    case .rename(let old, let new):
      guard let inode = entries.removeValue(forKey: old) else { return }
      entries[new] = inode
    }
  }
}
