// The whole log as an independent reader finds it, compared with what was promised.

internal import CommandHandling
internal import EventLog
internal import EventSourcing
internal import Events

struct History {
  struct Entry: Equatable {
    var tenant: TenantID
    var firstPosition: Position
    var lines: [[UInt8]]
    var events: [RecordedEvent]
  }

  private(set) var commits: [Entry] = []
  private(set) var eventCount = 0

  init() {}

  init(_ disk: SimulatedDisk, _ folder: String) throws {
    let reader = try LogReader(folder: folder, verifyingChain: true, fileSystem: disk)
    try reader.forEachCommit(upTo: nil) { view in
      var commit = Entry(
        tenant: view.tenant, firstPosition: view.firstPosition, lines: [], events: [])
      try view.forEachLine { line in
        commit.lines.append(Array(line))
        commit.events.append(try RecordedEvent(line: line))
      }
      eventCount += commit.lines.count
      commits.append(commit)
      return true
    }
  }

  var events: [RecordedEvent] { commits.flatMap(\.events) }

  /// Everything that was certain before is still here, byte for byte.
  func requireContinues(_ earlier: History) throws {
    try require(
      commits.count >= earlier.commits.count,
      "\(earlier.commits.count) commits were certain, \(commits.count) are left")
    for (index, commit) in earlier.commits.enumerated() {
      try require(commits[index] == commit, "commit \(index) is not what it was")
    }
  }

  /// Every acknowledged command is here exactly once, as it was acknowledged; and none twice.
  func requireHolds(_ ledger: Ledger) throws {
    var found: [LedgerKey: Entry] = [:]
    for commit in commits {
      let command = commit.events[0]
      let key = LedgerKey(tenant: commit.tenant, id: command.commandID)
      try require(found[key] == nil, "\(key) is in the log twice")
      found[key] = commit
    }
    for (key, recorded) in ledger.recorded.sorted(by: { $0.key.id < $1.key.id }) {
      guard let commit = found[key] else {
        throw Violation("\(key) was acknowledged and is lost")
      }
      let references = recorded.references
      try require(
        commit.events.map(\.position) == references.map(\.position)
          && commit.events.map(\.event.type) == references.map(\.type)
          && commit.events.map(\.stream) == references.map(\.stream)
          && commit.events.map(\.revision) == references.map(\.revision),
        "\(key) is in the log otherwise than it was acknowledged")
    }
  }
}

extension LedgerKey {
  init(tenant: TenantID, id: CommandID) {
    self.tenant = tenant
    self.id = id
  }
}
