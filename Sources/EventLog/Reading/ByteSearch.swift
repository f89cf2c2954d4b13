// Finds a short text in many bytes (Horspool): what does not match at the end of the window moves
// the window by up to the length of the text.

/// A text to look for.
package struct ByteSearch: Sendable {
  private let text: [UInt8]
  /// For each byte, how far a window that ends with it may move.
  private let steps: [Int]

  /// - Precondition: the text is not empty.
  package init(_ text: some Collection<UInt8>) {
    precondition(!text.isEmpty, "every place holds an empty text")
    self.text = Array(text)
    var steps = [Int](repeating: text.count, count: 256)
    for (index, byte) in text.dropLast().enumerated() {
      steps[Int(byte)] = text.count - 1 - index
    }
    self.steps = steps
  }

  /// Whether the text occurs in these bytes.
  package func isFound(in bytes: UnsafeRawBufferPointer) -> Bool {
    let last = text.count - 1
    return text.withUnsafeBufferPointer { text in
      steps.withUnsafeBufferPointer { steps in
        var end = last
        while end < bytes.count {
          var index = last
          while index >= 0, text[index] == bytes[end - last + index] { index -= 1 }
          if index < 0 { return true }
          end += steps[Int(bytes[end])]
        }
        return false
      }
    }
  }
}
