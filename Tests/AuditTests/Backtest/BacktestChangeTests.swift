// A file that cannot be back-tested is refused with the path of what is wrong.

import Audit
import EventSourcing
import JSON
import Testing

struct `The file of a back-test` {
  static let refused: [(json: String, path: String, part: String)] = [
    ("", "$", "end of the text"), ("7", "$", "an object"), ("{}{}", "$", "end"),
    (
      #"{"returnWindow":7}"#, "$.returnWindow",
      "unknown field; the known ones are: returnWindowDays"
    ),
    (#"{"returnWindowDays":7,"returnWindowDays":7}"#, "$.returnWindowDays", "occurs twice"),
    (#"{"returnWindowDays":"7"}"#, "$.returnWindowDays", "\"7\""),
    (#"{"returnWindowDays":-1}"#, "$.returnWindowDays", "-1"),
    (#"{"agentApprovalLimit":1.5}"#, "$.agentApprovalLimit", "1.5"),
    (#"{"autoApproveLimit":null}"#, "$.autoApproveLimit", "null"),
    (#"{"fourEyes":1}"#, "$.fourEyes", "1"),
    (#"{"timeZone":"UTC"}"#, "$.timeZone", "unknown field"),
    (#"{"policy":{"policyId":"p"}}"#, "$.policy.name", "missing"),
    (
      #"{"policy":{"policyId":"p","name":"P","rules":[],"defaultAction":{"eligible":1}}}"#,
      "$.policy.defaultAction.eligible", "1"
    ),
    (
      #"{"policy":{"policyId":"p","name":"P","rules":[],"defaultAction":{"eligible":true},"#
        + #""active":false}}"#, "$.policy.active", "leave active out"
    ),
    (
      #"{"returnSettings":{"expiryDays":3}}"#, "$.returnSettings.expiryDays", "leave expiryDays out"
    ),
    (#"{"returnSettings":{"reasons":[]}}"#, "$.returnSettings.reasons", ""),
  ]

  @Test(arguments: refused)
  func `names what is wrong with it`(_ json: String, _ path: String, _ part: String) throws {
    let error = try #require(throws: JSONError.self) { try BacktestChange(json: Array(json.utf8)) }
    #expect(error.path == path && error.problem.contains(part), "\(error)")
    #expect((0...json.utf8.count).contains(error.offset), "\(error)")
  }

  @Test func `is repeated in the report`() throws {
    let json =
      #"{"returnWindowDays":7,"fourEyes":true,"policy":{"policyId":"p","name":"P","rules":[],"#
      + #""defaultAction":{"eligible":true}},"returnSettings":{}}"#
    let change = try BacktestChange(json: Array(json.utf8))
    #expect(String(decoding: change.json.json, as: UTF8.self) == json)
  }

  @Test(arguments: [
    (
      #"{"policy":{"rules":[{"ruleId":"r","conditions":[],"action":{"eligible":true}}]}}"#,
      "rules[0] (r): it has no condition"
    ),
    (
      #"{"policy":{"defaultAction":{"eligible":false,"autoApprove":true}}}"#,
      "defaultAction: its action approves automatically what is not eligible"
    ),
  ])
  func `is refused for a policy's flaw where the command would be`(
    _ change: String, _ part: String
  ) async throws {
    var policy = try JSONValue(
      parsing: Array(BacktestHistory.policy(#"{"eligible":true}"#).utf8))
    let given = try #require(JSONValue(parsing: Array(change.utf8))["policy"]?.members)
    for member in given { policy[member.key] = member.value }
    let file = String(decoding: JSONValue.object([.init("policy", policy)]).json, as: UTF8.self)
    let history = try await ForgedHistory(HonestHistory.shared.value)
    let error = try #require(throws: BacktestError.self) { try history.backtested(file) }
    #expect(error.description.contains("$.policy: \(part)"), "\(error)")
  }
}
