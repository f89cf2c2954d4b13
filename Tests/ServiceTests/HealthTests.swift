// What /readyz and /metrics say of the read models' files.

import Foundation
import HTTP
import RunningRedress
import Testing

struct HealthTests {
  @Test(arguments: [true, false])
  func `a read model whose file is gone or was replaced is not ready until it is rebuilt`(
    isGone: Bool
  ) async throws {
    try await RunningService.with { running in
      #expect(await running.get("/readyz").status == 200)
      let path = running.redress.folder + "/read-models/DueWork.sqlite"
      try FileManager.default.moveItem(atPath: path, toPath: path + ".other")
      if !isGone { try FileManager.default.copyItem(atPath: path + ".other", toPath: path) }
      let answer = await running.get("/readyz")
      #expect(answer.status == 503)
      #expect(answer.text.contains("DueWork.sqlite is gone or was replaced: rebuild it"))
      #expect(
        await running.get("/metrics").text.contains(
          #"redress_projection_stopped{projection="DueWork"} 1"#))
      #expect(
        await running.send("POST", "/v1/projections/rebuild?name=DueWork").status == 200)
      #expect(await running.get("/readyz").status == 200)
    }
  }

  @Test func `tells a stranger whether the service is ready, and nothing of what it has`()
    async throws
  {
    try await RunningService.with { running in
      let none = [(name: "Cookie", value: "")]
      let answer = await running.get("/readyz", over: .loopback, none)
      #expect(answer.status == 200 && answer.text == "ready\n")
      try await running.stopRefundQueue()
      for (way, uid) in [(RunningService.Way.loopback, 0), (.socket, RunningService.strangerUID)] {
        let stopped = await running.send("GET", "/readyz", over: way, none, uid: uid)
        #expect(stopped.status == 503 && stopped.text == "not ready\n")
      }
      #expect(await running.get("/readyz").text.contains("RefundQueue"))
    }
  }
}
