import Foundation
import Simulation

struct Simulator {
  private var seedCount = 1_000
  private var firstSeed: UInt64
  private var stepCount: Int?
  private var plot = Plot.everything
  private var isVerbose = false
  private var isAboutBits = false

  static let usage = """
    usage: tools/simulate [--payments] [--seeds N] [--seed S] [--steps N] [--verbose]
           tools/simulate --all-bits [--seed S]

      Tells many stories of the whole command path on a disk that fails, and checks every promise.

      --payments  shorter stories, on a disk that works, about refunds on their way to a provider
                  that delays, repeats, declines and loses, while the service dies at each step
      --seeds N   how many seeds; 1000 if not given, 1 with --seed
      --seed S    the first seed; one that nobody chose if not given
      --steps N   how long each story is; 600 if not given, 200 with --payments
      --verbose   tell what happens (for one seed)
      --all-bits  instead, flip every bit of a log of 64 KiB, one after another
      --help      this text

    Exit code 0: every promise was kept; 1: some seed breaks one, with the command that repeats it.
    """

  init(_ arguments: ArraySlice<String>) {
    var arguments = arguments
    var seedCount: Int?
    var seed: UInt64?
    while let argument = arguments.popFirst() {
      func number<N: FixedWidthInteger>(_ value: String?) -> N {
        guard let value, let number = N(value) else {
          Simulator.leave("\(argument) needs a number")
        }
        return number
      }
      switch argument {
      case "--seeds": seedCount = number(arguments.popFirst())
      case "--seed": seed = number(arguments.popFirst())
      case "--steps": stepCount = number(arguments.popFirst())
      case "--payments": plot = .payments
      case "--verbose": isVerbose = true
      case "--all-bits": isAboutBits = true
      case "--help":
        print(Simulator.usage)
        exit(0)
      default: Simulator.leave("unknown argument \(argument)")
      }
    }
    self.seedCount = seedCount ?? (seed == nil ? 1_000 : 1)
    firstSeed = seed ?? UInt64.random(in: 1...1_000_000_000)
  }

  private static func leave(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("tools/simulate: \(reason)\n\(usage)\n".utf8))
    exit(64)
  }

  func run() -> Int32 { isAboutBits ? flipAllBits() : tellStories() }

  private func flipAllBits() -> Int32 {
    let begin = ContinuousClock.now
    print("simulate: every bit of the log of seed \(firstSeed)")
    do {
      let trial = try DamageTrial(seed: firstSeed, byteCount: 64 << 10)
      for bit in 0..<trial.bitCount { try trial.flip(bit) }
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      print(String(format: "simulate: %d bits, all found, in %.1f s", trial.bitCount, seconds))
      return 0
    } catch {
      print("simulate: \(error)\n  again: tools/simulate --all-bits --seed \(firstSeed)")
      return 1
    }
  }

  private func tellStories() -> Int32 {
    let begin = ContinuousClock.now
    let seeds = (0..<UInt64(max(0, seedCount))).map { firstSeed &+ $0 }
    let stepCount = stepCount ?? plot.stepCount
    let about = plot == .payments ? " about payments" : ""
    print(
      "simulate: seeds \(firstSeed) to \(seeds.last ?? firstSeed)\(about), \(stepCount) steps each")
    let trace: (@Sendable (String) -> Void)? = isVerbose ? { @Sendable in print($0) } : nil
    let results = Stories(seeds: seeds, plot: plot, stepCount: stepCount, trace: trace).tell()
    for failure in results.failures {
      print("simulate: seed \(failure.seed): \(failure.reason)")
      let option = plot == .payments ? "--payments " : ""
      print(
        "  again: tools/simulate \(option)--seed \(failure.seed) --steps \(stepCount) --verbose")
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    print(results.total)
    let rate = Double(seeds.count) / max(seconds, 0.001)
    print(
      String(
        format: "simulate: %d of %d seeds failed, in %.1f s (%.1f seeds/s)",
        results.failures.count, seeds.count, seconds, rate))
    return results.failures.isEmpty ? 0 : 1
  }
}
