// The streams of a data folder, by the log's index, for explanations.

import Audit
import EventLog
import EventSourcing
import Events
import Node

/// Streams of one tenant: the one that is named, or the only one that has what is read first.
final class StoredStreams: RecordedStreams {
  private let reader: StreamReader
  private var tenant: TenantID?
  /// What is explained, as errors name it.
  private let what: String

  init(in folder: DataFolder, of tenant: TenantID?, _ what: String) {
    reader = StreamReader(folder: folder.log, describe: describeLine)
    self.tenant = tenant
    self.what = what
  }

  func events(of subjects: Set<Subject>) throws -> [Subject: [RecordedEvent]] {
    let (found, route) = try reader.events(of: Set(subjects.map(\.stream)), in: tenant)
    if case .scan(let reason) = route {
      say("read the whole log because its index cannot be used: \(reason)")
    }
    try chooseTenant(of: found.values.flatMap(\.self))
    var events: [Subject: [RecordedEvent]] = [:]
    for subject in subjects {
      events[subject] = try found[subject.stream]?.map(recorded)
    }
    return events
  }

  func commit(at position: Position) throws -> [RecordedEvent] {
    // The service's own history has positions, too, and is explained by name only (T3).
    let found = try reader.commit(at: position, in: tenant).filter { event in
      tenant != nil || !event.tenant.isReserved
    }
    try chooseTenant(of: found)
    return try found.map(recorded)
  }

  private func recorded(_ event: StreamReader.Event) throws -> RecordedEvent {
    try event.line.withUnsafeBytes { try RecordedEvent(line: $0) }
  }

  private func chooseTenant(of events: [StreamReader.Event]) throws {
    guard let first = events.first?.tenant else { return }
    if let other = events.first(where: { $0.tenant != first })?.tenant {
      throw Stop.usage("\(first) and \(other) both have a \(what): choose one with --tenant")
    }
    tenant = first
  }
}
