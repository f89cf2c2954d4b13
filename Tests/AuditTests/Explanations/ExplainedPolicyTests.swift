// Explanations of what policies decided, of a history whose policies have rules with several
// conditions.

import Audit
import EventSourcing
import Events
import Testing

struct `An explanation of a policy's decision` {
  private typealias Value = ExplanationReport.Value

  private let kept = Subject.return(ReturnID(unchecked: "kept"))

  private func explained(_ candidates: Set<Subject>) async throws -> ExplanationReport {
    try await Explainer(ExplainedHistory.shared.value).explain(.policy(of: candidates))
  }

  @Test func `has every condition with its fact, up to the first that does not hold`()
    async throws
  {
    let report = try await explained([kept])
    let rules = ["big", "big", "big", "small", "small", "default action"]
    #expect(report.column("rule", of: "policy") == rules.map { .text($0) })
    let results = ["holds", "does not hold", "not tried", "holds", "holds", "not tried"]
    #expect(report.column("result", of: "policy") == results.map { .text($0) })
    let facts: [Value] = [
      .text("size"), .text("800"), .none, .text("800"), .text("size"), .none,
    ]
    #expect(report.column("fact", of: "policy") == facts)
  }

  @Test func `names the policy as it was defined, and the action that followed`() async throws {
    let report = try await explained([kept])
    let defined = try await ExplainedHistory.shared.value.commits.flatMap(\.self)
      .compactMap { recorded -> PolicyDefined? in
        if case .tenant(.policyDefined(let event)) = recorded.event { event } else { nil }
      }.last
    #expect(report.fact("policyId") == .text("kind") && report.fact("policyVersion") == .number(1))
    let digest = try #require(defined).sha256
    #expect(report.fact("policySha256") == .text("\(digest)"))
    #expect(report.fact("approvesWithoutPerson") == .text("yes"))
    #expect(report.column("rule", of: "actions") == [.text("small")])
    #expect(report.column("returnMethod", of: "actions") == [.text("keep_item")])
  }

  @Test func `tells approvals by policy with their limit from those by a person`() async throws {
    let report = try await explained([kept])
    let what = ["return/kept", "refund/paid"].map { Value.text($0) }
    #expect(report.column("what", of: "approvals") == what)
    let byPolicy = Value.text("approved by policy")
    #expect(report.column("result", of: "approvals") == [byPolicy, byPolicy])
    #expect(report.column("amount", of: "approvals") == [.none, .amount(800)])
    #expect(report.column("limit", of: "approvals") == [.none, .amount(1000)])
    let honest = StreamsInMemory(commits: try await HonestHistory.shared.value.commits)
    let sent = try Explainer(honest).explain(
      .policy(of: [.return(ReturnID(unchecked: "sent"))]))
    #expect(sent.fact("approvesWithoutPerson") == .text("no"))
    #expect(sent.column("result", of: "approvals").first == .text("approved by a person"))
  }

  @Test func `is the same by the return and by its refund`() async throws {
    let refund = Subject.refund(RefundID(unchecked: "paid"))
    #expect(try await explained([kept]) == explained([refund]))
    let unknown = Subject.return(ReturnID(unchecked: "paid"))
    #expect(try await explained([refund, unknown]) == explained([refund]))
  }

  @Test func `is refused where there is none, and where two things have the name`() async throws {
    let plain = Subject.refund(RefundID(unchecked: "r"))
    await #expect(
      throws: ExplanationError.notFound(
        "policy decision on refund r: it is of no return, and policies decide on returns")
    ) { try await explained([plain]) }
    await #expect(throws: ExplanationError.ambiguous(["refund/r", "return/kept"])) {
      try await explained([plain, kept])
    }
    let missing: Set<Subject> = [
      .return(ReturnID(unchecked: "x")), .refund(RefundID(unchecked: "x")),
    ]
    await #expect(throws: ExplanationError.notFound("refund/x and no return/x")) {
      try await explained(missing)
    }
  }
}
