// POST /v1/commands: one JSON command, or many as NDJSON with one outcome line each, in order. The
// body is parsed once, here; what is malformed is answered and goes no further. Each command stands
// for itself: a malformed line keeps no other line from being decided.

import CommandHandling
import Dispatch
import EventSourcing
import Events
import HTTP
import JSON
import PersonalData
import Synchronization
import Transparency

struct CommandRoute: Sendable {
  var sequencer: Sequencer
  var metrics: Metrics
  var erasures: ErasureRoute

  /// A command is at most 1 MiB (FORMAT.md).
  static let commandByteCountMax = 1 << 20

  /// A request carries so many commands at the most, which bounds its answer.
  private static let commandCountMax = 50_000

  /// Bodies above this size are parsed off the thread that serves all connections.
  private static let inlineByteCountMax = 32 * 1024

  func handle(_ exchange: HTTPExchange) {
    let request = exchange.request
    guard let peer = request.peer else {
      return exchange.respond(
        Problem(
          status: 403, code: "read-only", title: "This address is for reading",
          detail: "Commands are submitted over the Unix socket, where the peer is known."
        ).response)
    }
    let mediaType =
      request.header("content-type")?.split(separator: ";").first
      .map { $0.trimmingSpaces().lowercased() } ?? ""
    let isMany: Bool
    switch mediaType {
    case "application/json": isMany = false
    case "application/x-ndjson", "application/ndjson", "application/jsonl": isMany = true
    default:
      return exchange.respond(
        Problem(
          status: 415, code: "unsupported-media-type", title: "Nobody here reads that",
          detail: "The Content-Type is \(mediaType.isEmpty ? "missing" : mediaType). "
            + "Send application/json for one command or application/x-ndjson for many."
        ).response)
    }
    let work: @Sendable () -> Void = {
      if isMany {
        submitMany(exchange, peer: peer)
      } else {
        submitOne(exchange, peer: peer)
      }
    }
    if request.body.count > Self.inlineByteCountMax {
      DispatchQueue.global(qos: .userInitiated).async(execute: work)
    } else {
      work()
    }
  }

  private func submitOne(_ exchange: HTTPExchange, peer: HTTPRequest.Peer) {
    let body = exchange.request.body
    switch parse(body.span, peer: peer) {
    case .failure(let rejected): exchange.respond(rejected.problem.response)
    case .success(let submission):
      sequencer.submit(submission) { answer in
        metrics.count(answer)
        if let problem = Problem(answer.outcome, of: submission.command) {
          return exchange.respond(problem.response)
        }
        certify(answer.outcome, of: submission.command) { certificate in
          var line: [UInt8] = []
          OutcomeLine.write(
            answer.outcome, of: submission.command, certificate: certificate, to: &line)
          line.append(UInt8(ascii: "\n"))
          exchange.respond(
            HTTPResponse(
              status: 200, headers: [("Content-Type", "application/json")], body: line))
        }
      }
    }
  }

  /// Gets the certificate of an erasure that was accepted, as soon as everything has let go; `nil`
  /// for every other command, and when it has to be asked for again.
  private func certify(
    _ outcome: Outcome, of command: SubmittedCommand, _ body: @escaping @Sendable (String?) -> Void
  ) {
    guard case .privacy(.eraseSubject(let erase)) = command.command, case .accepted = outcome else {
      return body(nil)
    }
    Task {
      let person = Person(erase.subjectID.rawValue, of: command.tenant)
      let note = try? await erasures.certificate(of: person)
      body(note.map { String(decoding: $0.bytes, as: UTF8.self) })
    }
  }

  private func submitMany(_ exchange: HTTPExchange, peer: HTTPRequest.Peer) {
    let body = exchange.request.body
    let span = body.span
    var parsed: [Result<Submission, RejectedLine>] = []
    var start = 0
    while start < span.count {
      var end = start
      while end < span.count, span[end] != UInt8(ascii: "\n") { end += 1 }
      let line = span.extracting(start..<end)
      if !line.isBlank {
        guard parsed.count < Self.commandCountMax else {
          return exchange.respond(
            Problem(
              status: 413, code: "too-many-commands", title: "The request has too many commands",
              detail:
                "One request carries up to \(Self.commandCountMax) lines; nothing of this one "
                + "was decided. Send several requests."
            ).response)
        }
        parsed.append(parse(line, peer: peer))
      }
      start = end + 1
    }
    if parsed.isEmpty {
      return exchange.respond(
        Problem.badRequest("The body has no command; send one JSON object on each line.").response)
    }
    let answers = CollectedAnswers(parsed) { body in
      exchange.respond(
        HTTPResponse(
          status: 200, headers: [("Content-Type", "application/x-ndjson")], body: body))
    }
    var submissions: [(Submission, Sequencer.Completion)] = []
    for (index, result) in parsed.enumerated() {
      guard case .success(let submission) = result else { continue }
      submissions.append(
        (
          submission,
          { answer in
            metrics.count(answer)
            certify(answer.outcome, of: submission.command) {
              answers.set(answer.outcome, certificate: $0, at: index)
            }
          }
        ))
    }
    if submissions.isEmpty { answers.finish() } else { sequencer.submit(submissions) }
  }

  private func parse(
    _ json: Span<UInt8>, peer: HTTPRequest.Peer
  ) -> Result<Submission, RejectedLine> {
    guard json.count <= Self.commandByteCountMax else {
      metrics.countMalformed()
      return .failure(RejectedLine(problem: .commandTooLarge(json.count)))
    }
    do {
      let command = try SubmittedCommand(json: json)
      if let actor = command.actor, actor.kind == .system {
        metrics.countMalformed()
        let fault = InvalidCommand(
          path: "$.actor", value: actor.rawValue,
          problem: "is reserved for Redress itself; name a customer, agent or service.")
        return .failure(RejectedLine(fault, in: command))
      }
      return .success(
        Submission(command: command, contentHash: command.contentHash, peerUID: peer.uid))
    } catch {
      metrics.countMalformed()
      return .failure(
        RejectedLine(
          id: idText(in: json), problem: .malformed(error)))
    }
  }
}

/// The id of something that is JSON but no command; `nil` where there is none to be read.
private func idText(in json: Span<UInt8>) -> String? {
  var reader = JSONReader(json)
  guard let value = try? JSONValue(json: &reader) else { return nil }
  return value["id"]?.string
}

/// A line that is no command.
struct RejectedLine: Error {
  var id: String?
  var problem: Problem
}

extension RejectedLine {
  fileprivate init(_ fault: InvalidCommand, in command: SubmittedCommand) {
    self.init(id: command.id.rawValue, problem: Problem(fault))
  }
}

/// The answers of one request, sent when the last one is there.
private final class CollectedAnswers: Sendable {
  private struct State {
    var outcomes: [Outcome?]
    /// By place; most requests have none.
    var certificates: [Int: String] = [:]
    var missing: Int
  }

  private let lines: [Result<Submission, RejectedLine>]
  private let state: Mutex<State>
  private let send: @Sendable ([UInt8]) -> Void

  init(
    _ lines: [Result<Submission, RejectedLine>], send: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.lines = lines
    self.send = send
    let missing = lines.count { if case .success = $0 { true } else { false } }
    state = Mutex(State(outcomes: Array(repeating: nil, count: lines.count), missing: missing))
  }

  func set(_ outcome: Outcome, certificate: String?, at index: Int) {
    let isLast = state.withLock { state in
      state.outcomes[index] = outcome
      if let certificate { state.certificates[index] = certificate }
      state.missing -= 1
      return state.missing == 0
    }
    if isLast { finish() }
  }

  func finish() {
    let (outcomes, certificates) = state.withLock { ($0.outcomes, $0.certificates) }
    var body: [UInt8] = []
    body.reserveCapacity(lines.count * 256)
    for (index, (line, outcome)) in zip(lines, outcomes).enumerated() {
      switch (line, outcome) {
      case (.success(let submission), let outcome?):
        OutcomeLine.write(
          outcome, of: submission.command, certificate: certificates[index], to: &body)
      case (.failure(let rejected), _):
        OutcomeLine.write(rejected.problem, id: rejected.id, to: &body)
      case (.success, nil): preconditionFailure("an answer is missing")
      }
      body.append(UInt8(ascii: "\n"))
    }
    send(body)
  }
}

extension Span<UInt8> {
  fileprivate var isBlank: Bool {
    for index in 0..<count where ![0x20, 0x09, 0x0D].contains(self[index]) { return false }
    return true
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
