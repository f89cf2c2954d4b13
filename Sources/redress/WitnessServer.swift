// redress monitor --witness: answers add-checkpoint (C2SP tlog-witness) for the logs whose keys it
// was given.

import EventSourcing
import Foundation
import HTTP
import Node
import Threading
import Transparency

struct WitnessServer {
  let address: LoopbackAddress
  let keys: [TenantID: [VerifierKey]]
  let state: String

  func run() throws -> ExitCode {
    let signals = ServiceSignals()
    let key: CosigningKey
    do {
      let own = try KeyFolder(path: state + "/witness").open()
      key = CosigningKey(name: "\(address.host):\(address.port)", privateKey: own.current)
    } catch { throw Stop.unable("\(error)") }
    let logs = Dictionary(uniqueKeysWithValues: keys.values.map { ($0[0].name, $0) })
    let witness = Witness(
      of: logs, key: key, folder: state, clock: { UInt64(Date.now.timeIntervalSince1970) })
    // Answers wait for the disk, and the server's own thread never does.
    let queue = SerialQueue(name: "witness")
    var configuration = HTTPServerConfiguration(
      endpoints: [.loopback(host: address.host, port: address.port)])
    configuration.bodySizeMax = SignedNote.byteCountLimit
    let server = try HTTPServer(configuration: configuration) { exchange in
      queue.run { exchange.respond(Self.answer(exchange.request, by: witness)) }
    }
    server.start()
    say("witness \(key.verifier.vkey)")
    say("add-checkpoint on http://\(address.host):\(server.boundPort ?? address.port)")
    say("\(signals.wait {}): stopping")
    _ = server.stop()
    return .success
  }

  private static func answer(_ request: HTTPRequest, by witness: Witness) -> HTTPResponse {
    guard request.path == "/add-checkpoint" else {
      return .problem(status: 404, detail: "A witness has POST /add-checkpoint and nothing else.")
    }
    guard request.method == "POST" else {
      var problem = HTTPResponse.problem(status: 405, detail: "Send add-checkpoint with POST.")
      problem.headers.append((name: "Allow", value: "POST"))
      return problem
    }
    do {
      let answer = try witness.addCheckpoint(request.body)
      return HTTPResponse(
        status: answer.status, headers: [(name: "Content-Type", value: answer.mediaType)],
        body: answer.body)
    } catch {
      say("\(error)")
      return .problem(status: 503, detail: "The last checkpoint cannot be read or replaced.")
    }
  }
}
