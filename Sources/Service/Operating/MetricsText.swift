// Prometheus' text format, version 0.0.4. What must hold: the series of one metric stand together
// after its help and type, and the text of a label cannot end it.

import Threading

struct MetricsText {
  enum Kind: String { case gauge, counter, histogram }

  typealias Labels = [(name: String, value: String)]

  private(set) var text = ""

  mutating func add(
    _ name: String, _ kind: Kind, _ help: String, _ series: [(labels: Labels, value: UInt64)]
  ) {
    begin(name, kind, help)
    for (labels, value) in series { line(name, labels, "\(value)") }
  }

  mutating func add(
    _ name: String, _ kind: Kind, _ help: String, label: String, _ values: [(String, UInt64)]
  ) {
    add(name, kind, help, values.map { ([(label, $0)], $1) })
  }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
    add(name, kind, help, [([], value)])
  }

  /// A histogram of seconds.
  mutating func add(
    _ name: String, _ help: String,
    _ series: [(labels: Labels, snapshot: DurationHistogram.Snapshot)]
  ) {
    begin(name, .histogram, help)
    for (labels, snapshot) in series {
      var count: UInt64 = 0
      for (bound, number) in zip(DurationHistogram.bounds, snapshot.counts) {
        count += number
        line(name + "_bucket", labels + [("le", Self.seconds(bound))], "\(count)")
      }
      line(name + "_bucket", labels + [("le", "+Inf")], "\(snapshot.count)")
      line(name + "_sum", labels, Self.seconds(snapshot.sum))
      line(name + "_count", labels, "\(snapshot.count)")
    }
  }

  private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
    let list = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += list.isEmpty ? "\(name) \(value)\n" : "\(name){\(list)} \(value)\n"
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }

  private static func seconds(_ nanoseconds: UInt64) -> String {
    "\(Double(nanoseconds) / 1_000_000_000)"
  }
}
