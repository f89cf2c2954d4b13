// Requests, from what the parser of a connection accepts to the typed command. What must hold: a
// path has one reading, a header has one reading, and a refusal is a problem on one line of JSON.

import CommandHandling
import EventSourcing
import Events
import Foundation
import Glibc
import HTTP
import JSON
import Node
import Routing
import RunningRedress
import Service

/// The first byte chooses the way and the media type; then `METHOD TARGET`, header lines, a blank
/// line and the body.
func readRequest(_ bytes: [UInt8]) {
  guard let choice = bytes.first, let request = request(in: bytes.dropFirst(), choice) else {
    return
  }
  checkPath(of: request)
  checkHeaders(of: request)
  let head = HTTPRequest.Head(request: request, bodySize: request.body.count)
  if case .refused(let response) = redress.node.service.admission(of: head) {
    precondition((400..<500).contains(response.status), "a refusal with \(response.status)")
  }
  let segments = request.pathSegments
  if case .route(let route) = redress.node.service.routes.match(request.method, segments) {
    do throws(Problem) {
      let values = try route.values(path: segments, query: request.query)
      readCommands(of: request, values, areMany: choice & 2 == 2)
    } catch { check(error) }
  }
}

/// - Returns: `nil` for what the parser refuses, or what it is not asked about.
private func request(in bytes: ArraySlice<UInt8>, _ choice: UInt8) -> HTTPRequest? {
  let line = bytes.prefix { $0 != 0x0D }
  let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
  guard words.count == 2, words[1].allSatisfy(isTargetByte) else { return nil }
  let rest = Array(bytes.dropFirst(line.count + 2))
  let end = rest.firstRange(of: Array("\r\n\r\n".utf8))
  return HTTPRequest(
    method: String(decoding: words[0], as: UTF8.self),
    target: String(decoding: words[1], as: UTF8.self),
    head: Array(rest[..<(end?.lowerBound ?? rest.endIndex)]) + Array("\r\n".utf8),
    body: end.map { Array(rest[$0.upperBound...]) } ?? [],
    peer: choice & 1 == 0 ? .init(uid: getuid(), pid: 1) : nil, endpoint: 0)
}

/// As RequestParser.cpp has it.
private func isTargetByte(_ byte: UInt8) -> Bool {
  (0x21...0x7E).contains(byte) && !"#\\<>\"".utf8.contains(byte)
}

private func checkPath(of request: HTTPRequest) {
  let slash = UInt8(ascii: "/")
  let parts = request.path.utf8.split(separator: slash).map(Array.init)
  precondition(!request.path.utf8.contains(0), "NUL in a path")
  precondition(
    !parts.contains(Array(".".utf8)) && !parts.contains(Array("..".utf8)), "a way out of the root")
  let joined = request.pathSegments.joined(separator: "/").utf8.split(separator: slash)
  precondition(
    joined.map(Array.init) == parts || request.path == "*", "a path with two readings")
  precondition(request.query.allSatisfy { !$0.name.utf8.contains(0) }, "NUL in a query")
}

private func checkHeaders(of request: HTTPRequest) {
  let headers = request.headers
  // A name that is no token, or a control character, does not pass the parser.
  guard
    let again = HTTPRequest(method: request.method, target: request.target, headers: headers)
  else { return }
  precondition(again.headers.elementsEqual(headers, by: ==), "headers with two readings")
  for (name, value) in headers {
    let found = request.header(name).map { Array($0.utf8) } ?? []
    precondition(value.isEmpty || found.contains(Array(value.utf8)), "a header that is not found")
  }
}

private func readCommands(of request: HTTPRequest, _ values: ParameterValues, areMany: Bool) {
  guard request.method == "POST", let peer = request.peer else { return }
  let call = Call(
    path: request.path, peer: .init(uid: peer.uid, pid: peer.pid), principal: principal,
    body: request.body, receivedAt: .now, tenant: nil, values: values,
    header: { request.header($0) })
  do throws(Problem) {
    let lines = try areMany ? CommandBody.lines(in: call) : [CommandBody.submission(in: call)]
    for line in lines {
      switch line {
      case .success(let submission):
        precondition(submission.command.tenant != .system, "a command for the service's own tenant")
        precondition(submission.command.actor?.kind != .system, "an actor that is the service")
        precondition(
          submission.contentHash == submission.command.contentHash, "the hash of other content")
      case .failure(let rejected): check(rejected.problem)
      }
    }
  } catch { check(error) }
}

private func check(_ problem: Problem) {
  precondition((400..<500).contains(problem.status.rawValue), "a refusal that blames the service")
  let json = problem.json.json
  precondition(!json.contains(UInt8(ascii: "\n")), "a problem on several lines")
  precondition((try? JSONValue(parsing: json)) != nil, "a problem that is not JSON")
}

private let principal = Principal(
  name: PrincipalName(unchecked: "fuzzer"), actor: Actor(.service, "fuzzer"),
  grant: Grant(tenants: .all, permissions: .all, actors: .only(["agent/*", "customer/*"])))

/// The service whose routes there are; it is opened and not started.
private let redress: RunningRedress = {
  do {
    let redress = try RunningRedress()
    atexit { removeFolder() }
    return redress
  } catch { fatalError("\(error)") }
}()

private func removeFolder() { try? FileManager.default.removeItem(atPath: redress.folder) }
