import Foundation
import SeededRandom
import Simulation
import Testing

/// Damage to a log that is closed is found, whatever it is. `tools/simulate --all-bits` tries every
/// bit.
@Suite struct DamageTests {
  @Test func `a flipped bit is refused`() throws {
    let seed = FailNthTests.seed
    var random = SplitMix64(seed: seed)
    let trial = try DamageTrial(seed: seed, byteCount: 64 << 10)
    for _ in 0..<1_000 { try trial.flip(Int.random(in: 0..<trial.bitCount, using: &random)) }
    // The mark is all that stands between the last frame and being taken for unfinished.
    for bit in (trial.bitCount - 1_000)..<trial.bitCount { try trial.flip(bit) }
  }

  @Test func `writes that went elsewhere are noticed`() throws {
    var random = SplitMix64(seed: FailNthTests.seed)
    let trial = try DamageTrial(
      seed: FailNthTests.seed, byteCount: 64 << 10, segmentLineByteCount: 30_000)
    for _ in 0..<2_000 { try trial.misdirect(using: &random) }
  }

  @Test func `frames that changed places and segments that were copied over others are refused`()
    throws
  {
    let trial = try DamageTrial(
      seed: FailNthTests.seed, byteCount: 16 << 10, segmentLineByteCount: 3_000)
    #expect(try trial.swapFrames() > 10)
    #expect(try trial.copySegments() > 10)
  }
}
