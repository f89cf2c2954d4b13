// The commits of a frame, with every line checked against its schema and its canonical form. Frames
// are decoded side by side, before their commits are replayed in their order.

import Cryptography
import EventLog
import EventSourcing
import Events
import Glibc
import PersonalData
import Transparency

/// A commit whose lines each fit their schema and are in canonical form.
struct DecodedCommit: Sendable {
  var segment: String
  var offset: Int
  var ordinal: Ordinal
  var tenant: TenantID
  var firstPosition: Position
  var events: [RecordedEvent]
  /// Of its lines, without newlines.
  var byteCount = 0
  /// Each line's leaf hash (RFC 6962); empty where no checkpoint needs them.
  var leafHashes: [Digest] = []
  var personal: [PersonalNote] = []

  func finding(_ index: Int, _ reason: String) -> Finding {
    Finding(
      segment: segment, offset: offset, ordinal: ordinal, tenant: tenant,
      position: firstPosition.advanced(by: index), reason: reason)
  }
}

extension DecodedCommit {
  /// Checks a line and adds its event.
  ///
  /// - Parameters:
  ///   - isHashed: whether its leaf hash is wanted.
  ///   - canonical: a buffer.
  /// - Throws: ``Finding``; `PersonalDataError` where the keys cannot be read.
  @discardableResult
  mutating func append(
    _ line: UnsafeRawBufferPointer, _ leaf: LeafHasher, isHashed: Bool, _ vault: PersonalVault?,
    _ canonical: inout [UInt8]
  ) throws -> RecordedEvent {
    let index = events.count
    do {
      guard line.count <= Commit.maximumLineByteCount else {
        throw finding(index, "the line is too long")
      }
      let event = try RecordedEvent(line: line)
      canonical.removeAll(keepingCapacity: true)
      event.write(to: &canonical)
      // A line of an older version of its schema is canonical in that version.
      let isLatest =
        canonical.count == line.count && memcmp(canonical, line.baseAddress!, line.count) == 0
      guard try isLatest || RecordedEvent.isCanonical(line: line)
      else { throw finding(index, "the line is not in canonical form") }
      try notePersonalTexts(of: event, at: index, vault: vault)
      events.append(event)
      byteCount += line.count
      if isHashed { leafHashes.append(leaf.leafHash(line)) }
      return event
    } catch let finding as Finding {
      throw finding
    } catch let error as PersonalDataError {
      throw error
    } catch {
      throw finding(index, "the line does not fit its schema: \(error)")
    }
  }
}

extension Frame {
  /// Checks the chain value and each line.
  ///
  /// - Parameter tenants: whose lines' leaf hashes are wanted.
  func decodedCommits(
    hashing tenants: Set<TenantID>, vault: PersonalVault?
  ) throws -> [DecodedCommit] {
    try checkChain()
    let leaf = LeafHasher()
    var commits: [DecodedCommit] = []
    var canonical: [UInt8] = []
    try forEachCommit { view in
      var commit = DecodedCommit(
        segment: view.segment, offset: view.offset, ordinal: view.ordinal, tenant: view.tenant,
        firstPosition: view.firstPosition, events: [])
      try view.forEachLine { line in
        try commit.append(
          line, leaf, isHashed: tenants.contains(view.tenant), vault, &canonical)
      }
      commits.append(commit)
      return true
    }
    return commits
  }
}
