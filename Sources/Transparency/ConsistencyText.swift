// A consistency proof as a text, for scripts and readers:
//
//   old 10
//   new 20
//   <Base64 of a hash> from the older tree's root towards the newer one's, one on each line

import Cryptography

extension ConsistencyProof {
  /// The text, with a newline at the end.
  public var bytes: [UInt8] {
    let lines = ["old \(oldSize)", "new \(newSize)"] + hashes.map { Base64.encode($0.bytes) }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}
