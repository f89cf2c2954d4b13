// One simulated file: what processes see, what is on the medium, and what lies between the two.
// What must hold: nothing that was synced without an error is ever lost, and nothing else is
// promised.

/// The disk writes whole sectors or nothing of them.
package let sectorByteCount = 512

struct Inode: Sendable {
  enum Change: Sendable {
    case write(offset: Int, bytes: [UInt8])
    case truncate(to: Int)
  }

  /// What every process reads until the power fails.
  private(set) var cached: [UInt8] = []
  /// What is on the medium.
  private(set) var durable: [UInt8] = []
  /// What the medium has not been told for certain, in order.
  private(set) var unsynced: [Change] = []

  mutating func change(_ change: Change) {
    Inode.apply(change, to: &cached)
    unsynced.append(change)
  }

  mutating func sync() {
    durable = cached
    unsynced = []
  }

  /// The sync fails: what reached the medium stays there, the rest never will, and yet the cache
  /// goes on showing it, as Linux does.
  mutating func failSync(_ crash: inout Crash) {
    durable = content(after: &crash)
    unsynced = []
  }

  mutating func losePower(_ crash: inout Crash) {
    durable = content(after: &crash)
    cached = durable
    unsynced = []
  }

  /// Replaces bytes on the medium behind everybody's back.
  mutating func damage(_ bytes: [UInt8]) {
    cached = bytes
    durable = bytes
    unsynced = []
  }

  /// How many sectors a crash decides about.
  var unsyncedSectorCount: Int {
    unsynced.reduce(0) { count, change in
      guard case .write(let offset, let bytes) = change else { return count }
      return count + Inode.parts(of: offset..<offset + bytes.count).count
    }
  }

  private func content(after crash: inout Crash) -> [UInt8] {
    var content = durable
    for change in unsynced {
      guard case .write(let offset, let bytes) = change else {
        if crash.keeps() { Inode.apply(change, to: &content) }
        continue
      }
      for part in Inode.parts(of: offset..<offset + bytes.count) where crash.keeps() {
        Inode.apply(
          .write(
            offset: part.lowerBound,
            bytes: Array(bytes[(part.lowerBound - offset)..<(part.upperBound - offset)])),
          to: &content)
      }
    }
    if cached.count > durable.count {
      Inode.apply(
        .truncate(to: crash.size(from: durable.count, written: content.count, to: cached.count)),
        to: &content)
    }
    return content
  }

  private static func apply(_ change: Change, to content: inout [UInt8]) {
    switch change {
    case .truncate(let size):
      if size < content.count { content.removeLast(content.count - size) }
      content.append(contentsOf: repeatElement(0, count: size - content.count))
    case .write(let offset, let bytes):
      let end = offset + bytes.count
      if end > content.count { apply(.truncate(to: end), to: &content) }
      content.replaceSubrange(offset..<end, with: bytes)
    }
  }

  /// The range's part in each sector.
  private static func parts(of range: Range<Int>) -> [Range<Int>] {
    guard !range.isEmpty else { return [] }
    return (range.lowerBound / sectorByteCount...(range.upperBound - 1) / sectorByteCount).map {
      range.clamped(to: $0 * sectorByteCount..<($0 + 1) * sectorByteCount)
    }
  }
}
