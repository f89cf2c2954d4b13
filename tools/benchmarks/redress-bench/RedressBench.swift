// redress-bench: the parts of tools/bench that have to be as fast as what they measure. Each prints
// one JSON object, or the lines it was asked for.

import Glibc

@main
struct RedressBench {
  static func main() throws {
    var options = Options(Array(CommandLine.arguments.dropFirst()))
    switch options.name {
    case "log": try benchmarkLog(&options)
    case "sqlite": try benchmarkSQLite(&options)
    case "read": try benchmarkReading(&options)
    case "cold": try benchmarkColdLoads(&options)
    case "domain": try benchmarkDomain(&options)
    default: fail("log, sqlite, read, cold or domain, not \(options.name)")
    }
  }
}

/// `name key=value …`.
struct Options {
  let name: String
  private var values: [String: String] = [:]

  init(_ words: [String]) {
    name = words.first ?? ""
    for word in words.dropFirst() {
      guard let equals = word.firstIndex(of: "=") else { fail("\(word) is no key=value") }
      values[String(word[..<equals])] = String(word[word.index(after: equals)...])
    }
  }

  func text(_ key: String) -> String {
    guard let value = values[key] else { fail("\(key)= is missing") }
    return value
  }

  func number(_ key: String, default number: Int? = nil) -> Int {
    guard let value = values[key] else {
      if let number { return number }
      fail("\(key)= is missing")
    }
    guard let number = Int(value) else { fail("\(key)=\(value) is no number") }
    return number
  }
}

func fail(_ message: String) -> Never {
  let text = "redress-bench: \(message)\n"
  _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(1)
}

/// Seconds on a clock that is never set.
func seconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The processor's time that this process has had, in seconds.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Whose events they are.
let tenantName = "bench"

/// How long things took, in the order of their lengths.
struct Latencies {
  private var values: [Double] = []

  mutating func add(_ seconds: Double) { values.append(seconds) }

  /// `"p50":…,"p99":…,"max":…` in milliseconds.
  func json() -> String {
    let sorted = values.sorted()
    func quantile(_ share: Double) -> Double {
      guard !sorted.isEmpty else { return 0 }
      return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000
    }
    return #""p50":\#(quantile(0.5)),"p99":\#(quantile(0.99)),"max":\#(quantile(1))"#
  }
}
