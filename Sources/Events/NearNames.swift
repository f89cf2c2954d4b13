// Known names that are close to one that does not exist.

enum NearNames {
  /// "did you mean …", or nothing where no name is near.
  static func of(_ name: String, among known: [String]) -> String {
    guard name.utf8.count <= 64 else { return "" }
    let limit = max(2, name.utf8.count / 3)
    let near = known.map { (name: $0, distance: distance(name, $0)) }
      .filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3)
    if near.isEmpty { return "" }
    return "did you mean \(near.map(\.name).joined(separator: " or "))?"
  }

  /// How many letters must be added, removed or replaced; case does not count.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.lowercased().utf8), Array(b.lowercased().utf8))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
