// The one place where errors become HTTP: every refusal leaves as a problem document (RFC 9457)
// whose `type` is stable and whose `detail` says what is wrong and what would be right.

import CommandHandling
import EventSourcing
import Events
import HTTP
import JSON

struct Problem: Error {
  var status: Int
  /// The last part of `urn:redress:problem:<code>`.
  var code: String
  var title: String
  var detail: String
  /// Members of its own, such as the rule and the facts.
  var extensions: [JSONValue.Member] = []
  /// Besides the Content-Type.
  var headers: [(name: String, value: String)] = []

  var json: JSONValue {
    .object(
      [
        .init("type", .string("urn:redress:problem:\(code)")), .init("title", .string(title)),
        .init("status", .integer(Int64(status))), .init("detail", .string(detail)),
      ] + extensions)
  }

  var response: HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/problem+json")] + headers,
      body: json.json + [UInt8(ascii: "\n")])
  }
}

extension Problem {
  static func notFound(_ detail: String) -> Problem {
    Problem(status: 404, code: "not-found", title: "There is no such thing", detail: detail)
  }

  static func badRequest(_ detail: String) -> Problem {
    Problem(status: 400, code: "bad-request", title: "The request is malformed", detail: detail)
  }

  init(_ invalid: InvalidCommand) {
    self.init(
      status: 400, code: "invalid-command", title: "The command is invalid",
      detail: "\(invalid.path): \(invalid.value) \(invalid.problem)",
      extensions: [.init("path", .string(invalid.path))])
  }

  static func malformed(_ error: JSONError) -> Problem {
    Problem(
      status: 400, code: "malformed-command", title: "The command is malformed",
      detail: error.description,
      extensions: [
        .init("path", .string(error.path)), .init("byte", .integer(Int64(error.offset))),
      ])
  }

  static func commandTooLarge(_ byteCount: Int) -> Problem {
    Problem(
      status: 413, code: "command-too-large", title: "The command is too large",
      detail: "The command has \(byteCount) bytes; at most 1 MiB (1048576 bytes) is possible. "
        + "Send less in one command.")
  }

  static let internalError = Problem(
    status: 500, code: "internal-error", title: "Something is wrong with this service",
    detail: "The request could not be answered; the service's standard error says why.")

  /// What an outcome that is no success says; `nil` for a success.
  init?(_ outcome: Outcome, of command: SubmittedCommand) {
    switch outcome {
    case .accepted, .unchanged: return nil
    case .rejected(let rejected, let event):
      self.init(
        status: 422, code: rejected.reason.kebabCased, title: "A rule refuses this command",
        detail: rejected.detail,
        extensions: [
          .init("rule", .string(rejected.rule)), .init("reason", .string(rejected.reason)),
          .init(
            "facts",
            .object(rejected.facts.map { JSONValue.Member($0.name, .string($0.value)) })),
          .init("recorded", event.json),
        ])
    case .conflict:
      self.init(
        status: 409, code: "command-id-reused", title: "The command's id was used before",
        detail: "The id \(command.id) was used for a command with other content. "
          + "An id names one command for ever: use a new one for a new command.")
    case .unknownTenant:
      self.init(
        status: 404, code: "unknown-tenant", title: "There is no such tenant",
        detail: "The tenant \(command.tenant) is not registered. Check the name at $.tenant, or "
          + "begin it with RegisterTenant.")
    case .invalid(let invalid): self.init(invalid)
    case .stopping:
      self.init(
        status: 503, code: "stopping", title: "The service is stopping",
        detail: "Nothing was recorded. Send the same command again, with the same id.")
    case .readOnly(let reason):
      self.init(
        status: 503, code: "history-contradicted", title: "The service only reads at the moment",
        detail: "Nothing was recorded. \(reason)")
    }
  }
}

extension EventReference {
  var json: JSONValue {
    .object([
      .init("type", .string(type)), .init("stream", .string(stream.rawValue)),
      .init("position", .integer(Int64(position.value))),
      .init("revision", .integer(Int64(revision.value))),
    ])
  }
}

extension String {
  /// `outside-return-window` of `outsideReturnWindow`.
  fileprivate var kebabCased: String {
    reduce(into: "") { text, character in
      text += character.isUppercase ? "-\(character.lowercased())" : String(character)
    }
  }
}
