// POST /v1/projections/rebuild?name=A&name=B: rebuilds read models while they serve; all of them
// without a name. One request at a time does so.

import CommandHandling
import JSON
import Projecting
import Routing

struct RebuildRoute: Sendable {
  var projections: ProjectionRuntime
  var sequencer: Sequencer

  private static let name = Parameter<[String]>(
    ParameterDeclaration(
      "name", form: .text(byteCount: 1...100), expectation: "the name of a read model",
      isRepeatable: true,
      defaultText: "all")
  ) { $0.allSatisfy { (1...100).contains($0.utf8.count) } ? $0 : nil }

  private static let report = JSONShape.object(
    [
      "name": .text, "version": .wholeNumber, "commits": .wholeNumber, "digest": .text,
      "changed": .boolean, "recorded": .boolean,
    ], optional: ["previousDigest": .text])

  var route: Route {
    Route(
      .post, "/v1/projections/rebuild", "Rebuilds read models from the log.",
      access: .socketOnly, permission: .rebuildProjections, parameters: [Self.name],
      answers: [
        .json("RebuildReports", .list(Self.report)), .problem(.notFound), .problem(.conflict),
      ]
    ) { call in
      let names = call[Self.name]
      let reports = try projections.rebuild(
        names.isEmpty ? projections.statuses.map(\.name) : names)
      var answers: [JSONValue] = []
      for report in reports {
        answers.append(report.json(isRecorded: await isRecorded(report, by: call)))
      }
      return .json(.array(answers))
    }
  }

  /// A service that only reads is rebuilt like any other.
  private func isRecorded(_ report: RebuildReport, by call: Call) async -> Bool {
    do {
      try await sequencer.record(
        SystemEntry(report), peerUID: call.userID, principal: call.principal.recordedName)
      return true
    } catch { return false }
  }
}

extension RebuildReport {
  fileprivate func json(isRecorded: Bool) -> JSONValue {
    .object(
      fields(
        ("name", .string(name)), ("version", .integer(Int64(version))),
        ("commits", .integer(Int64(commitCount))), ("digest", .string(digest)),
        ("previousDigest", previousDigest.map { .string($0) }), ("changed", .bool(isChanged)),
        ("recorded", .bool(isRecorded))))
  }
}
