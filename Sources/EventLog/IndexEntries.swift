// What the index knows of some commits, before it is in the database.

internal import Cryptography
internal import EventSourcing

/// A stream in a tenant.
struct StreamKey: Hashable, Sendable {
  var tenant: TenantID
  var stream: StreamName
}

/// A command in a tenant.
struct CommandKey: Hashable, Sendable {
  var tenant: TenantID
  var command: CommandID
}

/// The index's part for a run of commits.
struct IndexEntries: Sendable {
  private(set) var positions: [StreamKey: [Position]] = [:]
  private(set) var outcomes: [CommandKey: CommandOutcome] = [:]
  private(set) var eventCount = 0
  /// How far the log is covered once these are in the database too.
  private(set) var end = Ordinal.first
  private(set) var chain = Digest.zero

  var isEmpty: Bool { eventCount == 0 }

  mutating func add(
    tenant: TenantID, command: CommandID, firstPosition: Position, streams: [StreamName]
  ) {
    for (index, stream) in streams.enumerated() {
      positions[StreamKey(tenant: tenant, stream: stream), default: []].append(
        firstPosition.advanced(by: index))
    }
    let key = CommandKey(tenant: tenant, command: command)
    if outcomes[key] == nil {
      outcomes[key] = CommandOutcome(firstPosition: firstPosition, eventCount: streams.count)
    }
    eventCount += streams.count
  }

  /// Says that everything up to the end of a frame has been added.
  mutating func reach(_ end: Ordinal, chain: Digest) {
    self.end = end
    self.chain = chain
  }
}
