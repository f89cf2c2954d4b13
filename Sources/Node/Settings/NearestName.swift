// Which name was probably meant, for errors that help.

extension Sequence<String> {
  /// The name that differs from `text` by the fewest insertions, removals and replacements.
  ///
  /// - Returns: `nil` where all differ by more than a third of their length.
  package func nearest(to text: String) -> String? {
    let distances = map { (name: $0, distance: editDistance($0, text)) }
    guard let best = distances.min(by: { $0.distance < $1.distance }),
      best.distance * 3 <= Swift.max(best.name.count, text.count)
    else { return nil }
    return best.name
  }
}

/// Levenshtein's distance, without regard to case.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.lowercased()), Array(b.lowercased()))
  var row = Array(0...b.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
