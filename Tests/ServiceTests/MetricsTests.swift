// What /metrics says of requests and commands, in Prometheus' text format.

import HTTP
import JSON
import RunningRedress
import Testing
import Threading

@testable import Service

struct MetricsTests {
  @Test func `requests are counted and timed by route, whatever their path says`() async throws {
    try await RunningService.with { running in
      for id in ["one", "two", "three"] { _ = await running.get("/v1/refunds/\(id)?tenant=acme") }
      _ = await running.get("/no/such/maria")
      let text = await running.get("/metrics").text
      let labels = #"method="GET",route="/v1/refunds/{refundId}""#
      #expect(text.contains(#"redress_http_requests_total{\#(labels),status="404"} 3"#))
      #expect(text.contains("redress_http_request_duration_seconds_count{\(labels)} 3"))
      #expect(
        text.contains(#"redress_http_requests_total{method="other",route="none",status="404"} 1"#))
      #expect(!text.contains("maria"))
    }
  }

  @Test func `requests that are refused by their head are counted, and answered under an id`()
    async throws
  {
    try await RunningService.with { running in
      let request = try #require(
        HTTPRequest(
          method: "PUT", target: "/v1/evidence?tenant=acme",
          headers: [("Host", "localhost"), ("X-Request-Id", "mine")], body: [],
          peer: HTTPRequest.Peer(uid: RunningService.strangerUID, pid: 1)))
      let head = HTTPRequest.Head(request: request, bodySize: 10)
      guard case .refused(let answer) = running.service.admission(of: head) else {
        Issue.record("it is admitted")
        return
      }
      #expect(answer.status == 403 && answer.header("X-Request-Id") == "mine")
      #expect(answer.json?["requestId"]?.string == "mine")
      let labels = #"method="PUT",route="/v1/evidence",status="403""#
      let text = await running.get("/metrics").text
      #expect(text.contains("redress_http_requests_total{\(labels)} 1"))
    }
  }

  @Test func `commands are counted and timed by type`() async throws {
    try await RunningService.with { running in
      for id in ["m1", "m2"] {
        let answer = await running.sendJSON(
          "POST", "/v1/commands",
          #"{"id":"\#(id)","tenant":"acme","type":"DenyRefund","#
            + #""data":{"refundId":"none","reason":"Late"}}"#)
        #expect(answer.status == 422)
      }
      let text = await running.get("/metrics").text
      #expect(
        text.contains(
          #"redress_command_outcomes_total{command="DenyRefund",outcome="rejected"} 2"#))
      #expect(
        text.contains(#"redress_command_duration_seconds_count{command="DenyRefund"} 2"#))
      #expect(text.contains("redress_log_sync_duration_seconds_bucket{le=\"+Inf\"}"))
      #expect(text.contains("redress_build_info{version=\"\(ProductVersion.text)\""))
    }
  }

  @Test func `a label's text cannot end it`() {
    var text = MetricsText()
    text.add("m", .gauge, "M.", label: "l", [("a\"b\\c\nd", 1)])
    #expect(text.text == "# HELP m M.\n# TYPE m gauge\nm{l=\"a\\\"b\\\\c\\nd\"} 1\n")
  }

  @Test func `buckets are cumulative, and the last one has all`() {
    var text = MetricsText()
    let histogram = DurationHistogram()
    for nanoseconds: UInt64 in [50_000, 100_000, 100_001, 60_000_000_000] {
      histogram.record(nanoseconds)
    }
    text.add("h", "H.", [([], histogram.snapshot)])
    let lines = text.text.split(separator: "\n").map(String.init)
    #expect(lines.contains("h_bucket{le=\"0.0001\"} 2"))
    #expect(lines.contains("h_bucket{le=\"0.00025\"} 3"))
    #expect(lines.contains("h_bucket{le=\"10.0\"} 3"))
    #expect(lines.contains("h_bucket{le=\"+Inf\"} 4"))
    #expect(lines.suffix(1) == ["h_count 4"])
  }
}
