// POST /v1/commands: one JSON command, or many as NDJSON with one outcome line each, in order. The
// body is parsed once, here; a malformed command is answered and goes no further. Commands are
// independent: a malformed line does not keep the others from being decided.

package import CommandHandling
import EventSourcing
import Events
import JSON
import PersonalData
package import Routing
import Threading
import Transparency

final class CommandRoute: Sendable {
  private let sequencer: Sequencer
  private let metrics: Metrics
  private let erasures: ErasureCertificates
  private let executor: BlockingExecutor
  private let bulk = BulkThread()

  init(
    sequencer: Sequencer, metrics: Metrics, erasures: ErasureCertificates,
    executor: BlockingExecutor
  ) {
    self.sequencer = sequencer
    self.metrics = metrics
    self.erasures = erasures
    self.executor = executor
  }

  private static let requestByteCountMax = 16 << 20

  /// Larger bodies are parsed off the thread that serves all connections.
  private static let inlineByteCountMax = 32 * 1024

  /// Larger bodies, and the answers to more commands than a body of this size may have, are work
  /// for ``BulkThread``.
  private static let bulkByteCountMin = 1 << 20
  private static let bulkCommandCountMin = 1_000

  private static let ndjson = ["application/x-ndjson", "application/ndjson", "application/jsonl"]

  typealias Completion = @Sendable (Result<Reply, Problem>) -> Void

  var route: Route {
    Route(
      .post, "/v1/commands", "Submits one command, or many as one line each.",
      access: .socketOnly, permission: .submitCommands,
      request: RequestBody(
        "a command", mediaTypes: ["application/json"] + Self.ndjson,
        forms: [.init("application/json", .component("Command")), .init(Self.ndjson[0], nil)],
        byteCountMax: Self.requestByteCountMax),
      answers: [
        .json("Outcome", OutcomeLine.shape),
        Answer(.ok, "Outcomes", mediaType: Self.ndjson[0]), .problem(.notFound),
        .problem(.conflict),
        .problem(.unprocessableContent), .problem(.serviceUnavailable),
      ],
      handler: .quick { [self] call, answer in
        switch call.body.count {
        case ...Self.inlineByteCountMax: submit(call, answer)
        case ..<Self.bulkByteCountMin: executor.run { [self] in submit(call, answer) }
        default: bulk.run { [self] in submit(call, answer) }
        }
      })
  }

  private func submit(_ call: Call, _ answer: @escaping Completion) {
    if Self.ndjson.contains(call.mediaType) {
      submitMany(call, answer)
    } else {
      submitOne(call, answer)
    }
  }

  private func submitOne(_ call: Call, _ answer: @escaping Completion) {
    switch CommandBody.submission(in: call) {
    case .failure(let rejected):
      metrics.commands.countMalformed()
      answer(.failure(rejected.problem))
    case .success(let submission):
      let begin = Moment.now
      sequencer.submit(submission) { [self] decided in
        metrics.commands.count(decided, of: submission.command, since: begin)
        if let problem = Problem(
          decided.outcome, isReplay: decided.isReplay, of: submission.command)
        {
          return answer(.failure(problem))
        }
        certify(decided.outcome, of: submission.command) { certificate in
          var line: [UInt8] = []
          OutcomeLine.write(
            decided.outcome, isReplay: decided.isReplay, of: submission.command,
            certificate: certificate, to: &line)
          line.append(UInt8(ascii: "\n"))
          answer(.success(Reply(.bytes(line, mediaType: "application/json"))))
        }
      }
    }
  }

  /// Gets the certificate of an accepted erasure once every store has let go; `nil` for every other
  /// command, and where the caller has to ask again.
  private func certify(
    _ outcome: Outcome, of command: SubmittedCommand, _ body: @escaping @Sendable (String?) -> Void
  ) {
    guard case .privacy(.eraseSubject(let erase)) = command.command, case .accepted = outcome
    else {
      return body(nil)
    }
    Task(executorPreference: executor) { [erasures] in
      let person = Person(erase.subjectID.rawValue, of: command.tenant)
      let note = try? await erasures.certificate(of: person)
      body(note.map { String(decoding: $0.bytes, as: UTF8.self) })
    }
  }

  private func submitMany(_ call: Call, _ answer: @escaping Completion) {
    let lines: [Result<Submission, RejectedLine>]
    do throws(Problem) {
      lines = try CommandBody.lines(in: call)
      try call.count(lines.count - 1)
    } catch { return answer(.failure(error)) }
    let answers = CollectedAnswers(
      lines,
      isDone: { [bulk] answers in
        let finish: @Sendable () -> Void = {
          answer(.success(Reply(.bytes(answers.body(), mediaType: "application/x-ndjson"))))
        }
        if answers.count < Self.bulkCommandCountMin { finish() } else { bulk.run(finish) }
      })
    var submissions: [(Submission, Sequencer.Completion)] = []
    let begin = Moment.now
    for (index, line) in lines.enumerated() {
      guard case .success(let submission) = line else {
        metrics.commands.countMalformed()
        continue
      }
      submissions.append(
        (
          submission,
          { [self] decided in
            metrics.commands.count(decided, of: submission.command, since: begin)
            certify(decided.outcome, of: submission.command) {
              answers.set(
                decided.outcome, isReplay: decided.isReplay, certificate: $0, at: index)
            }
          }
        ))
    }
    if submissions.isEmpty { answers.finish() } else { sequencer.submit(submissions) }
  }
}

/// The commands that a body holds: each is one that the caller may submit, with an actor for whom
/// the caller may speak.
package enum CommandBody {
  /// A command is at most 1 MiB (FORMAT.md).
  static let commandByteCountMax = 1 << 20

  /// Commands in one request, which bounds its answer.
  private static let commandCountMax = 50_000

  private static let trace = "traceparent"

  /// Reads the body as one command.
  package static func submission(in call: Call) -> Result<Submission, RejectedLine> {
    parse(call.body.span, of: call)
  }

  /// Reads one command for each line that is not blank; a malformed one keeps no other back.
  ///
  /// - Throws: ``Problem`` 400 for a body without a command, 413 for one with too many.
  package static func lines(in call: Call) throws(Problem) -> [Result<Submission, RejectedLine>] {
    let body = call.body.span
    var lines: [Result<Submission, RejectedLine>] = []
    var start = 0
    var number = 0
    while start < body.count {
      number += 1
      var end = start
      while end < body.count, body[end] != UInt8(ascii: "\n") { end += 1 }
      let line = body.extracting(start..<end)
      start = end + 1
      if line.isBlank { continue }
      guard lines.count < Self.commandCountMax else {
        throw Problem(
          .tooManyCommands,
          detail: "One request carries up to \(Self.commandCountMax) lines; nothing of this one "
            + "was decided. Send several requests.")
      }
      lines.append(
        parse(line, of: call).mapError { [number] rejected in
          RejectedLine(id: rejected.id, problem: rejected.problem, number: number)
        })
    }
    guard !lines.isEmpty else {
      throw .badRequest("The body has no command; send one JSON object on each line.")
    }
    return lines
  }

  private static func parse(
    _ json: Span<UInt8>, of call: Call
  ) -> Result<Submission, RejectedLine> {
    do throws(RejectedLine) { return .success(try submission(json, of: call)) } catch {
      return .failure(error)
    }
  }

  private static func submission(
    _ json: Span<UInt8>, of call: Call
  ) throws(RejectedLine) -> Submission {
    guard json.count <= Self.commandByteCountMax else {
      throw RejectedLine(problem: .commandTooLarge(json.count))
    }
    var command: SubmittedCommand
    do throws(JSONError) { command = try SubmittedCommand(json: json) } catch {
      throw RejectedLine(id: idText(in: json), problem: .malformedCommand(error))
    }
    if command.tenant == .system {
      throw RejectedLine(InvalidCommand.reserved(command.tenant), in: command)
    }
    if let actor = command.actor, actor.kind == .system {
      let fault = InvalidCommand(
        path: "$.actor", value: actor.rawValue,
        problem: "is reserved for Redress itself; name a customer, agent or service.")
      throw RejectedLine(fault, in: command)
    }
    do throws(Problem) { try call.principal.require(command) } catch {
      throw RejectedLine(id: command.id.rawValue, problem: error)
    }
    // The route is for the socket only, so there is a peer.
    let user = call.peer?.uid ?? UInt32.max
    // A person acts as themselves, not as the service that brings them along.
    let itself = call.principal.actor
    if command.actor == nil, itself != Actor(ofProcessOf: user) { command.actor = itself }
    return Submission(
      command: command, contentHash: command.contentHash, peerUID: user,
      principal: call.principal.recordedName,
      trace: call.header(Self.trace).flatMap { TraceParent(header: $0) })
  }
}

/// The id of JSON that is not a command; `nil` where it cannot be read.
private func idText(in json: Span<UInt8>) -> String? {
  var reader = JSONReader(json)
  guard let value = try? JSONValue(json: &reader) else { return nil }
  return value["id"]?.string
}

extension Span<UInt8> {
  fileprivate var isBlank: Bool {
    for index in 0..<count where ![0x20, 0x09, 0x0D].contains(self[index]) { return false }
    return true
  }
}
