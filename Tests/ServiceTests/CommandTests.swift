// POST /v1/commands: what one command, and what many, are answered with.

import EventSourcing
import HTTP
import JSON
import Testing

struct CommandTests {
  private func addAgent(_ id: String, agent: String) -> String {
    #"""
    {"id":"\#(id)","tenant":"acme","type":"AddAgent","actor":"service/shop",\#
    "data":{"agentId":"\#(agent)","role":"agent"}}
    """#
  }

  @Test func `an accepted command names its events, and its replay says so`() async throws {
    try await RunningService.with { running in
      let answer = await running.sendJSON("POST", "/v1/commands", addAgent("a", agent: "kim"))
      #expect(answer.status == 200)
      #expect(answer.json?["outcome"]?.string == "accepted")
      #expect(answer.json?["events"]?.elements?.first?["type"]?.string == "AgentAdded")
      let again = await running.sendJSON("POST", "/v1/commands", addAgent("a", agent: "kim"))
      #expect(answer.json?["replay"] == nil)
      #expect(
        again.text == answer.text.replacing(#""accepted","#, with: #""accepted","replay":true,"#))
    }
  }

  @Test func `a refused command says rule and facts under the standard phrase`() async throws {
    try await RunningService.with { running in
      let answer = await running.sendJSON("POST", "/v1/commands", addAgent("b", agent: "ann"))
      #expect(answer.status == 422)
      #expect(answer.header("Content-Type") == "application/problem+json")
      #expect(answer.json?["title"]?.string == "Unprocessable Content")
      #expect(answer.json?["rule"]?.string != nil)
      #expect(answer.json?["recorded"]?["type"]?.string == "CommandRejected")
      #expect(answer.json?["type"]?.string == "/problems/agent-already-added")
      #expect(answer.json?["replay"] == nil)
      let again = await running.sendJSON("POST", "/v1/commands", addAgent("b", agent: "ann"))
      #expect(again.json?["replay"] == .bool(true))
      #expect(again.json?["recorded"] == answer.json?["recorded"])
    }
  }

  @Test func `a malformed line keeps no other line from being decided`() async throws {
    try await RunningService.with { running in
      let lines = [addAgent("c", agent: "kim"), "", "{", addAgent("d", agent: "lee")]
      let answer = await running.send(
        "POST", "/v1/commands", [("Content-Type", "application/x-ndjson")],
        Array(lines.joined(separator: "\n").utf8))
      #expect(answer.status == 200)
      let outcomes = try answer.body.split(separator: UInt8(ascii: "\n")).map {
        try JSONValue(parsing: Array($0))
      }
      #expect(outcomes.map { $0["outcome"]?.string } == ["accepted", "invalid", "accepted"])
      // Empty lines count, as in an editor.
      #expect(outcomes.map { $0["line"] } == [nil, .integer(3), nil])
    }
  }

  @Test func `another media type is refused with those that are accepted`() async throws {
    try await RunningService.with { running in
      let answer = await running.send(
        "POST", "/v1/commands", [("Content-Type", "text/plain; charset=utf-8")], [0x7B])
      #expect(answer.status == 415)
      #expect(answer.json?["title"]?.string == "Unsupported Media Type")
      #expect(answer.detail.hasPrefix("The Content-Type is text/plain; send a command as"))
      #expect(answer.detail.contains("application/x-ndjson"))
    }
  }
}
