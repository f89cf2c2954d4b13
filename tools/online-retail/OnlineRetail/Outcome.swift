// What the service answers to each command, one line of JSON each, in the commands' order:
//
//     {"id":"order-536365","outcome":"accepted","events":[{"type":"OrderRecorded",…}]}
//     {"id":"approve-C536379-536365","outcome":"rejected","problem":{"rule":"R4",…}}
//     {"id":null,"outcome":"invalid","problem":{"title":…,"detail":…}}

internal import JSON

/// The answer to one command.
enum Outcome: Equatable, Sendable {
  /// - Parameter position: of the last of its events.
  case accepted(id: String, position: Int64)
  case refused(id: String?, Problem)

  init(_ line: [UInt8]) throws(ImportError) {
    do {
      let json = try JSONValue(parsing: line)
      let id = json["id"]?.string
      switch (json["outcome"]?.string, id) {
      case ("accepted", let id?):
        let positions = json["events"]?.elements?.compactMap { $0["position"]?.integer } ?? []
        self = .accepted(id: id, position: positions.max() ?? 0)
      case ("rejected", _), ("conflict", _), ("invalid", _), ("retry", _):
        self = .refused(id: id, Problem(json["problem"]))
      default: throw ImportError.unexpectedAnswer(String(decoding: line, as: UTF8.self))
      }
    } catch let error as ImportError {
      throw error
    } catch {
      throw .unexpectedAnswer("\(error) in \(String(decoding: line, as: UTF8.self))")
    }
  }
}

/// Why a request or a command was refused (RFC 9457).
struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
  var title: String?
  var detail: String?
  /// The rule book's number of the rule that forbids it.
  var rule: String?
  /// The rule's own word for why.
  var reason: String?

  init(_ json: JSONValue?) {
    title = json?["title"]?.string
    detail = json?["detail"]?.string
    rule = json?["rule"]?.string
    reason = json?["reason"]?.string
  }

  var description: String {
    let words = [title, detail].compactMap { $0 }.joined(separator: ": ")
    let why = [rule, reason].compactMap { $0 }.joined(separator: ", ")
    return words + (why.isEmpty ? "" : " (\(why))")
  }
}
