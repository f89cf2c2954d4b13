// What a power failure leaves of what was not synced. The decisions are taken one after another, in
// an order that depends on nothing but the disk's state: from a seed, or from the bits of a number,
// so that a test can go through all of them.

internal import SeededRandom

package struct Crash: Sendable {
  /// How long a file becomes that was growing.
  package enum Size: CaseIterable, Sendable {
    /// As long as its last sector that was kept.
    case written
    /// As long as it was going to be.
    case whole
    /// Anything from the old length to the new, also in the middle of a sector.
    case any
  }

  private enum Decisions {
    case random(SplitMix64, per1000: Int)
    case bits(UInt64)
  }

  private var decisions: Decisions
  private let size: Size

  /// Keeps each unsynced sector with the same probability, in thousandths.
  package init(seed: UInt64, per1000: Int? = nil, size: Size? = nil) {
    var random = SplitMix64(seed: seed)
    let per1000 = per1000 ?? random.pick([0, 100, 500, 900, 1000])
    self.size = size ?? random.pick(Size.allCases)
    decisions = .random(random, per1000: per1000)
  }

  /// Keeps the sectors whose bits are set, in order.
  package init(keeping bits: UInt64, size: Size) {
    decisions = .bits(bits)
    self.size = size
  }

  mutating func keeps() -> Bool {
    switch decisions {
    case .random(var random, let per1000):
      let keeps = Int.random(in: 0..<1000, using: &random) < per1000
      decisions = .random(random, per1000: per1000)
      return keeps
    case .bits(let bits):
      decisions = .bits(bits >> 1)
      return bits & 1 != 0
    }
  }

  func size(from old: Int, written: Int, to new: Int) -> Int {
    switch size {
    case .written: return written
    case .whole: return new
    case .any:
      guard case .random(var random, _) = decisions else { return written }
      return Int.random(in: old...new, using: &random)
    }
  }
}
