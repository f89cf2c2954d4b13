// Every proof of every tree up to 130 leaves holds, and nothing that was changed in it does.

import Cryptography
import JSON
import OutsideData
import SeededRandom
import Testing
import Transparency

private let leaves = sampleLeaves(130)
private let roots = (0...130).map { naiveRoot(leaves[..<$0]) }

struct `An inclusion proof` {
  @Test func `holds for every leaf of every tree, and for nothing else`() throws {
    var random = SplitMix64("inclusion")
    let tree = try tree(leaves)
    for size in 1...130 {
      for index in 0..<size {
        let proof = try tree.inclusionProof(of: UInt64(index), inTreeOf: UInt64(size))
        #expect(
          proof.hashes.count
            == InclusionProof.hashCount(index: UInt64(index), treeSize: UInt64(size)))
        func holds(_ proof: InclusionProof, _ leaf: Digest, _ root: Digest) -> Bool {
          (try? proof.verify(leafHash: leaf, root: root)) != nil
        }
        let (leaf, root) = (leaves[index], roots[size])
        var accepted: [String] = holds(proof, leaf, root) ? [] : ["itself refused"]
        for (change, hashes) in changes(of: proof.hashes, isThorough: size <= 16, using: &random) {
          var changed = proof
          changed.hashes = hashes
          if holds(changed, leaf, root) { accepted.append(change) }
        }
        let bit = Int.random(in: 0..<256, using: &random)
        if holds(proof, leaf.flipping(bit: bit), root) { accepted.append("leaf") }
        if holds(proof, leaf, root.flipping(bit: bit)) { accepted.append("root") }
        let others = size <= 40 ? Array(0..<size) : [Int.random(in: 0..<size, using: &random)]
        for other in others where other != index {
          var moved = proof
          moved.index = UInt64(other)
          if holds(moved, leaf, root) { accepted.append("moved to \(other)") }
        }
        var beyond = proof
        beyond.index = UInt64(size)
        if holds(beyond, leaf, root) { accepted.append("beyond the tree") }
        #expect(accepted == [], "leaf \(index) of \(size)")
      }
    }
  }

  @Test func `of numbers that no tree has is refused without harm`() {
    for (index, size) in [(0, 0), (5, 5), (UInt64.max, UInt64.max), (UInt64.max, 1)] {
      let proof = InclusionProof(index: index, treeSize: size, hashes: [.zero])
      #expect(throws: ProofError.indexBeyondTree(index: index, size: size)) {
        try proof.verify(leafHash: .zero, root: .zero)
      }
    }
    let long = InclusionProof(index: .max - 1, treeSize: .max, hashes: [])
    #expect(throws: ProofError.wrongHashCount(expected: 63, found: 0)) {
      try long.verify(leafHash: .zero, root: .zero)
    }
  }
}

struct `A consistency proof` {
  @Test func `holds between every two trees, and between no others`() throws {
    var random = SplitMix64("consistency")
    let tree = try tree(leaves)
    for new in 1...130 {
      for old in 1...new {
        let proof = try tree.consistencyProof(from: UInt64(old), to: UInt64(new))
        func holds(_ proof: ConsistencyProof, _ oldRoot: Digest, _ newRoot: Digest) -> Bool {
          (try? proof.verify(oldRoot: oldRoot, newRoot: newRoot)) != nil
        }
        var accepted = holds(proof, roots[old], roots[new]) ? [] : ["itself refused"]
        for (change, hashes) in changes(of: proof.hashes, isThorough: new <= 16, using: &random) {
          var changed = proof
          changed.hashes = hashes
          if holds(changed, roots[old], roots[new]) { accepted.append(change) }
        }
        let bit = Int.random(in: 0..<256, using: &random)
        if holds(proof, roots[old].flipping(bit: bit), roots[new]) { accepted.append("old root") }
        if holds(proof, roots[old], roots[new].flipping(bit: bit)) { accepted.append("new root") }
        if old != new && holds(proof, roots[new], roots[old]) { accepted.append("reversed roots") }
        let reversed = ConsistencyProof(
          oldSize: UInt64(new), newSize: UInt64(old), hashes: proof.hashes)
        if old != new && holds(reversed, roots[new], roots[old]) { accepted.append("reversed") }
        #expect(accepted == [], "from \(old) to \(new)")
      }
    }
  }

  @Test func `comes back from its text`() throws {
    let tree = try tree(leaves)
    for (old, new) in [(1, 1), (3, 7), (64, 100)] {
      let proof = try tree.consistencyProof(from: UInt64(old), to: UInt64(new))
      #expect(try ConsistencyProof(proof.bytes) == proof)
    }
  }

  @Test(arguments: [
    ("", 0), ("old 1\n", 2), ("new 2\nold 1\n", 1), ("old 1\nnew 02\n", 2),
    ("old 1\nnew 2\nAAAA\n", 3), ("old 1\nnew 2\n\n", 3), ("old 1\nnew 2", 0),
  ])
  func `of another form is refused with the line`(text: String, line: Int) {
    let error = #expect(throws: FormatError.self) { try ConsistencyProof(Array(text.utf8)) }
    #expect(error?.line == line, "\(String(describing: error))")
  }

  @Test func `of numbers that no tree has is refused without harm`() {
    func verify(_ old: UInt64, _ new: UInt64, _ hashes: [Digest]) throws {
      try ConsistencyProof(oldSize: old, newSize: new, hashes: hashes)
        .verify(oldRoot: .zero, newRoot: .zero)
    }
    #expect(throws: ProofError.emptyTree) { try verify(0, 0, []) }
    #expect(throws: ProofError.emptyTree) { try verify(0, 9, []) }
    #expect(throws: ProofError.olderTreeIsLarger(old: 9, new: 8)) { try verify(9, 8, []) }
    #expect(throws: ProofError.wrongHashCount(expected: 0, found: 1)) { try verify(9, 9, [.zero]) }
    for (old, new) in [(UInt64.max - 1, UInt64.max), (1, UInt64.max), (1 << 63, UInt64.max)] {
      #expect(throws: ProofError.self) { try verify(old, new, []) }
      let count = ConsistencyProof.hashCount(oldSize: old, newSize: new)
      #expect(throws: ProofError.self) {
        try verify(old, new, Array(repeating: .zero, count: count))
      }
    }
  }
}

/// A proof's hashes with one thing changed; thoroughly is with every single bit.
private func changes(
  of hashes: [Digest], isThorough: Bool, using random: inout SplitMix64
) -> [(String, [Digest])] {
  var changes: [(String, [Digest])] = []
  for place in hashes.indices {
    let bits = isThorough ? Array(0..<256) : [Int.random(in: 0..<256, using: &random)]
    for bit in bits {
      var flipped = hashes
      flipped[place] = hashes[place].flipping(bit: bit)
      changes.append(("bit \(bit) of hash \(place) flipped", flipped))
    }
    var dropped = hashes
    dropped.remove(at: place)
    changes.append(("hash \(place) dropped", dropped))
    var doubled = hashes
    doubled.insert(hashes[place], at: place)
    changes.append(("hash \(place) doubled", doubled))
    if place > 0 {
      var swapped = hashes
      swapped.swapAt(place, place - 1)
      changes.append(("hashes \(place - 1) and \(place) swapped", swapped))
    }
  }
  changes.append(("one hash more", hashes + [.zero]))
  return changes
}

private let suite = "merkle"

@Suite(.enabled(if: OutsideData.isDue(suite), "needs \(suite) beside the checkout"))
struct `The proof vectors of transparency-dev` {
  @Test func `of inclusion are judged right`() throws {
    let files = try vectors(below: "\(suite)/inclusion")
    #expect(files.count > 80)
    for (path, vector) in files {
      let isGood = try judge(vector, roots: ["root", "leafHash"]) { digests, hashes in
        guard let index = vector["leafIdx"]?.integer, let size = vector["treeSize"]?.integer else {
          return false
        }
        let proof = InclusionProof(
          index: UInt64(bitPattern: index), treeSize: UInt64(bitPattern: size), hashes: hashes)
        return (try? proof.verify(leafHash: digests[1], root: digests[0])) != nil
      }
      #expect(isGood == (vector["wantErr"] == .bool(false)), "\(path)")
    }
  }

  @Test func `of consistency are judged right`() throws {
    let files = try vectors(below: "\(suite)/consistency")
    #expect(files.count > 90)
    for (path, vector) in files {
      let isGood = try judge(vector, roots: ["root1", "root2"]) { digests, hashes in
        guard let old = vector["size1"]?.integer, let new = vector["size2"]?.integer else {
          return false
        }
        let proof = ConsistencyProof(
          oldSize: UInt64(bitPattern: old), newSize: UInt64(bitPattern: new), hashes: hashes)
        return (try? proof.verify(oldRoot: digests[0], newRoot: digests[1])) != nil
      }
      #expect(isGood == (vector["wantErr"] == .bool(false)), "\(path)")
    }
  }

  private func vectors(below folder: String) throws -> [(String, JSONValue)] {
    try OutsideData.names(in: folder).flatMap { name -> [(String, JSONValue)] in
      let path = "\(folder)/\(name)"
      if !name.hasSuffix(".json") { return try vectors(below: path) }
      return [(path, try JSONValue(parsing: OutsideData.bytes(of: path)))]
    }
  }

  /// Some roots there are other texts than hashes, which ours cannot even express. Where such a
  /// text only has to be equal to another, its hash stands for it.
  private func judge(
    _ vector: JSONValue, roots: [String], verify: ([Digest], [Digest]) -> Bool
  ) throws -> Bool {
    let texts = roots.map { base64(vector[$0]?.string ?? "") }
    if texts.contains([]) { return false }
    let digests = texts.map { Digest($0) ?? SHA256.hash($0) }
    let hashes = (vector["proof"]?.elements ?? []).map { Digest(base64($0.string ?? "")) }
    guard hashes.allSatisfy({ $0 != nil }) else { return false }
    return verify(digests, hashes.compactMap { $0 })
  }
}
