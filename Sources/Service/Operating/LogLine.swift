// What the service says to its operator on standard error, as text or as JSON:
//
//   2026-01-16T10:00:00.123456Z warning sealing: a full segment could not be sealed
//   {"time":"2026-01-16T10:00:00.123456Z","level":"warning","component":"sealing","message":"…"}
//
// A line about a request has its id: ` [request 8f3a21c4-7]`, `"requestId":"8f3a21c4-7"`. What must
// hold: a line stays one line with any text in it, and holds ids, not the texts of persons.

public import EventSourcing
import JSON

/// One message to the operator.
public struct LogLine: Sendable {
  public enum Level: String, Sendable, CaseIterable {
    case info
    /// It goes on, without something.
    case warning
    /// An operator has to act.
    case error
  }

  public enum Format: String, Sendable, CaseIterable { case text, json }

  public var level: Level
  /// The part that speaks, such as `sealing`.
  public var component: String
  public var message: TerminalText
  /// The request that it is about, if it is about one.
  public var requestID: String?

  public init(
    _ level: Level, _ component: String, _ message: TerminalText, requestID: String? = nil
  ) {
    self.level = level
    self.component = component
    self.message = message
    self.requestID = requestID
  }

  /// - Parameter repeatedCount: how often the same was held back since it was written last.
  func bytes(_ format: Format, at time: Timestamp, repeatedCount: Int) -> [UInt8] {
    switch format {
    case .text: text(at: time, repeatedCount)
    case .json: json(at: time, repeatedCount)
    }
  }

  private func text(at time: Timestamp, _ repeatedCount: Int) -> [UInt8] {
    var line: TerminalText = "\(time) \(level.rawValue) \(component): \(message)"
    if let requestID { line = line + " [request \(requestID)]" }
    if repeatedCount > 0 { line = line + " [\(repeatedCount) more since the last line]" }
    return Array("\(line)\n".description.utf8)
  }

  private func json(at time: Timestamp, _ repeatedCount: Int) -> [UInt8] {
    var members: [JSONValue.Member] = [
      .init("time", .string("\(time)")), .init("level", .string(level.rawValue)),
      .init("component", .string(component)), .init("message", .string(message.description)),
    ]
    if let requestID { members.append(.init("requestId", .string(requestID))) }
    if repeatedCount > 0 { members.append(.init("repeated", .integer(Int64(repeatedCount)))) }
    return JSONValue.object(members).json + [UInt8(ascii: "\n")]
  }
}
