// The page of signed checkpoints over time, and its JSON.

import Foundation
import HTTP
import JSON
import RunningRedress
import Testing

struct `The page of checkpoints` {
  private let path = "/tenants/acme/checkpoints"

  @Test func `says that nothing is signed, and then what is`() async throws {
    try await RunningService.with { running in
      #expect(await running.get(path, over: .loopback).text.contains("Nothing is signed yet"))
      let note = await running.get("/v1/checkpoint?tenant=acme").text.split(separator: "\n")
      let data = await running.get("\(path)?format=json", over: .loopback).json
      let size = try #require(data?["newest"]?["size"]?.integer)
      #expect("\(size)" == note[1] && data?["newest"]?["root"]?.string == String(note[2]))
      let days = try #require(data?["days"]?.elements)
      #expect(days.map { $0["size"]?.integer } == [size])
      #expect(days.map { $0["added"]?.integer } == [size])
      #expect(data?["signing"]?["notYetSigned"]?.integer == 0)
      try await running.submit("AddAgent", #"{"agentId":"kim","role":"agent"}"#)
      let later = await running.get("\(path)?format=json", over: .loopback).json
      #expect(later?["signing"]?["notYetSigned"]?.integer == 1)
      let page = await running.get(path, over: .loopback).text
      #expect(page.contains("<dd>\(size)</dd>") && page.contains(String(note[2])))
      #expect(page.contains("None are made; redress serve --publish makes them."))
      #expect(page.contains("<a href=\"\(path)\" aria-current=\"page\">Checkpoints</a>"))
    }
  }

  @Test func `is refused where a kept note cannot be believed`() async throws {
    try await RunningService.with { running in
      _ = await running.get("/v1/checkpoint?tenant=acme")
      let folder = running.redress.logFolder + "/checkpoints-by-day/acme"
      try Data("no note".utf8).write(to: URL(filePath: folder + "/2026-01-01"))
      let answer = await running.get(path, over: .loopback)
      #expect(answer.status == 503)
      #expect(answer.text.contains("checkpoint of acme: the one of 2026-01-01 in"))
    }
  }
}
