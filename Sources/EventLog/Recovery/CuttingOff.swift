// What recovery looks at before it cuts off an unfinished write, and where it keeps the bytes:
// `<folder beside the log's>/cut/<segment>-<offset>-<time>`. What must hold: an event that was
// indexed or signed was durable, so a tail that lacks one is damage and is never cut off.

package import EventSourcing
internal import Glibc

/// What says which events were durable.
package struct RecoveryWitnesses: Sendable {
  /// Every commit below was in the index.
  package var indexEnd = Ordinal.first
  /// By tenant, how many events were signed; called only when something is to be cut off.
  package var signedSizes: @Sendable () -> [TenantID: UInt64] = { [:] }

  package init() {}

  /// - Throws: ``LogError/damaged(segment:offset:ordinal:reason:)`` when the log that remains lacks
  ///   something that was durable.
  func require(
    _ cut: TornTail, end: Ordinal, nextPositions: [TenantID: Position]
  ) throws(LogError) {
    func damaged(_ reason: String) -> LogError {
      .damaged(
        segment: cut.segment, offset: cut.offset, ordinal: cut.ordinal,
        reason: "\(cut.reason), and \(reason)")
    }
    guard indexEnd <= end else {
      throw damaged(
        "the index knows commits up to \(indexEnd), so they were durable (if index.sqlite is of "
          + "another log, move it away)")
    }
    for (tenant, size) in signedSizes().sorted(by: { $0.key < $1.key }) {
      let next = nextPositions[tenant] ?? .first
      guard next.value >= size else {
        throw damaged("\(size) events of \(tenant) were signed, of which \(next) would be left")
      }
    }
  }
}

extension TornTail {
  /// Writes the bytes into a file of their own, durably.
  ///
  /// - Parameter folder: of the log.
  /// - Returns: the file's path.
  func keep(
    bytesOf file: SegmentFile, of folder: String, in fileSystem: any FileSystem
  ) throws(LogError) -> String {
    let parent = folder.lastIndex(of: "/").map { folder[..<$0] + "/" } ?? ""
    let cutFolder = parent + "cut"
    try fileSystem.createFolder(cutFolder)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let time =
      "\(Timestamp(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000))"
      .filter { $0 != ":" }
    let path = "\(cutFolder)/\(segment)-\(offset)-\(time)"
    let kept = try fileSystem.open(path, for: .creating)
    let bytes = try file.bytes(at: offset, count: byteCount)
    if bytes.count > 0 { try kept.write(bytes, at: 0) }
    try kept.sync()
    try fileSystem.sync(folder: cutFolder)
    return path
  }
}
