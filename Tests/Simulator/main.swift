import Foundation
import Simulation

var seeds = 100
var first: UInt64 = 1
var isVerbose = false
var arguments = CommandLine.arguments.dropFirst()
while let a = arguments.popFirst() {
  switch a {
  case "--seeds": seeds = Int(arguments.popFirst()!)!
  case "--seed":
    first = UInt64(arguments.popFirst()!)!
    seeds = 1
  case "--verbose": isVerbose = true
  default: fatalError(a)
  }
}
for seed in first..<(first + UInt64(seeds)) {
  do {
    let world = try World(seed: seed, trace: isVerbose ? { print($0) } : nil)
    let s = try world.run()
    if isVerbose || seeds < 10 { print(s) }
  } catch { print("seed \(seed): \(error)") }
}
