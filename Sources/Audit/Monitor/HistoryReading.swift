// Lines as a monitor reads them: each must be at the next position, and their hashes grow the tree.
// A reading of the whole history also replays it and runs the controls.

import Cryptography
import EventSourcing
import Events
import Transparency

struct HistoryReading {
  private let tenant: TenantID
  private(set) var record: MonitorRecord
  private(set) var tree: CompactRange
  /// Of the events that are in no chunk yet.
  private var chunk: CompactRange
  private let replay: TenantReplay?
  /// The commit whose events are being read.
  private var commit: DecodedCommit?
  private var canonical: [UInt8] = []
  private let leaf = LeafHasher()
  private let hash = SHA256()

  /// Goes on from a record.
  init(of tenant: TenantID, from record: MonitorRecord) throws {
    (self.tenant, self.record) = (tenant, record)
    tree = try record.tree
    chunk = try record.openChunk
    replay = nil
  }

  /// Reads the whole history, up to a tree that was signed.
  init(of tenant: TenantID, upTo head: TreeHead) {
    (self.tenant, record) = (tenant, MonitorRecord())
    (tree, chunk) = (CompactRange(), CompactRange())
    var configuration = ComplianceAudit.Configuration(logFolder: "", build: "")
    configuration.checkpoints = [tenant: head]
    replay = TenantReplay(of: tenant, configuration)
  }

  /// Reads lines until the tree has a size.
  ///
  /// - Throws: ``MonitorAlarm`` for lines that cannot be these.
  mutating func read(_ history: any MonitoredHistory, upTo size: UInt64) throws {
    if tree.size >= size { return }
    try history.forEachLine(of: tenant, after: record.place) { line, place in
      try take(line, at: place)
      return tree.size < size
    }
    guard tree.size == size else {
      throw MonitorAlarm(
        tenant, "\(size) events were signed, and \(tree.size) can be read; events are missing")
    }
    record.set(tree)
  }

  private mutating func take(_ line: UnsafeRawBufferPointer, at place: String) throws {
    let position: Position
    if replay == nil {
      position = try event { try EventHeader(line: line).position }
    } else {
      position = try replay(line)
    }
    guard position.value == tree.size else {
      throw MonitorAlarm(
        tenant, "the event at position \(position) comes where \(tree.size) comes next")
    }
    let leafHash = leaf.leafHash(line)
    tree.append(leafHash, using: hash)
    record.place = place
    chunk.append(leafHash, using: hash)
    if chunk.size == MonitorRecord.chunkSize {
      record.chunks.append(MonitorRecord.Chunk(place: record.openPlace, root: chunk.rootText))
      record.openPlace = place
      chunk = CompactRange()
    }
  }

  private func event<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let alarm as MonitorAlarm { throw alarm } catch {
      throw MonitorAlarm(tenant, "at position \(tree.size): \(error)")
    }
  }

  /// Decodes a line, and replays the commit before it once the line begins another.
  private mutating func replay(_ line: UnsafeRawBufferPointer) throws -> Position {
    var next = DecodedCommit(
      segment: "feed", offset: 0, ordinal: .first, tenant: tenant,
      firstPosition: Position(tree.size), events: [])
    let recorded = try event { try next.append(line, leaf, isHashed: true, nil, &canonical) }
    if commit?.events.first?.commandID == recorded.commandID {
      commit?.join(next)
    } else {
      if let commit { try event { try replay?.append(commit) } }
      commit = next
    }
    return recorded.position
  }

  /// What the controls found in a reading of the whole history; call it once, at the end.
  mutating func findings() throws -> [ControlFinding] {
    guard let replay else { return [] }
    if let commit { try event { try replay.append(commit) } }
    commit = nil
    try event { try replay.finish() }
    return replay.results.flatMap(\.findings)
  }
}

extension DecodedCommit {
  /// Adds the events of the same commit that come next.
  fileprivate mutating func join(_ next: DecodedCommit) {
    personal += next.personal.map {
      PersonalNote(person: $0.person, index: events.count + $0.index, kind: $0.kind)
    }
    leafHashes += next.leafHashes
    events += next.events
    byteCount += next.byteCount
  }
}

extension CompactRange {
  var rootText: String { Base64.encode(root().bytes) }
}
