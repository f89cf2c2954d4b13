// Everything that happened to one thing and to what belongs to it. Which streams belong together
// follows from the events themselves, in one pass in the order of positions:
//
// - An event belongs to the trail where its stream does, where its data names a member of the trail
//   (`"caseId":"c1"`), or where its correlation is a case of the trail.
// - A stream that begins with an event that names a member is a member from there on. Orders,
//   cases, refunds, returns and holds begin after what they belong to, so one pass finds them.
// - A refused command belongs to the trail where its target is a member, or where a fact of the
//   refusal names one (`{"name":"case","value":"c1"}`).
//
// Lines stay as they are, and sealed texts sealed.

import EventLog
import EventSourcing
public import Events
public import JSON

/// Selects the events about one subject and what belongs to it.
public struct Trail {
  /// The kind of each name that an event's data has.
  private static let kinds = [
    "customerId": "customer", "subjectId": "customer", "orderId": "order", "caseId": "case",
    "refundId": "refund", "returnId": "return", "holdId": "hold", "chargebackId": "chargeback",
  ]

  /// The kinds of streams that belong to what they name when they begin.
  private static let parts: Set<Substring> = ["order", "case", "refund", "return", "hold"]

  /// The most members whose names are searched for before a line is read; reading is faster for
  /// more.
  private static let searchedCountMax = 16

  /// `case/c1`: streams, and the chargebacks of the trail's cases.
  private var members: Set<String>
  /// The members' names without their kinds.
  private var names: [ByteSearch] = []
  /// Whether the subject's own stream has an event, or any event names the subject.
  public private(set) var isFound = false

  public init(of subject: Subject) {
    members = []
    learn(subject.stream.rawValue)
  }

  /// Whether the next event belongs to the trail.
  ///
  /// - Parameter line: as the log has it.
  public mutating func takes(_ line: UnsafeRawBufferPointer) throws(JSONError) -> EventHeader? {
    guard names.count > Self.searchedCountMax || mentionsMember(line) else { return nil }
    let header = try EventHeader(line: line)
    let data = try JSONValue(parsing: Array(line[header.data]))
    let named = Self.names(in: data)
    let stream = header.stream.rawValue
    let isCorrelated = header.correlation.map { members.contains("case/\($0)") } ?? false
    guard members.contains(stream) || isCorrelated || !members.isDisjoint(with: named) else {
      return nil
    }
    isFound = true
    let isPart = Self.parts.contains(stream.prefix { $0 != "/" })
    if header.revision == .first, isPart, !members.isDisjoint(with: named) { learn(stream) }
    if members.contains(stream), stream.hasPrefix("case/") {
      for name in named where name.hasPrefix("chargeback/") { learn(name) }
    }
    return header
  }

  private mutating func learn(_ member: String) {
    guard members.insert(member).inserted else { return }
    names.append(ByteSearch(member.drop { $0 != "/" }.dropFirst().utf8))
  }

  private func mentionsMember(_ line: UnsafeRawBufferPointer) -> Bool {
    names.contains { $0.isFound(in: line) }
  }

  /// What an event's data names, as `case/c1`.
  private static func names(in data: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for member in data.members ?? [] {
      if let kind = kinds[member.key], let id = member.value.string {
        names.insert("\(kind)/\(id)")
      } else if member.key == "target", let stream = member.value.string {
        names.insert(stream)
      } else if member.key == "facts" {
        for fact in member.value.elements ?? [] {
          if let kind = fact["name"]?.string, let id = fact["value"]?.string {
            names.insert("\(kind == "subject" ? "customer" : kind)/\(id)")
          }
        }
      }
    }
    return names
  }
}
