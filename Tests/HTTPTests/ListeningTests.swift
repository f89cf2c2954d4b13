// Getting a place to listen on, and giving it back.

import Curl
import Foundation
import HTTP
import Testing

struct ListeningTests {
  private func failure(_ endpoint: HTTPEndpoint) -> HTTPServerError? {
    do {
      _ = try HTTPServer(configuration: HTTPServerConfiguration(endpoints: [endpoint])) { _ in }
      return nil
    } catch {
      return error
    }
  }

  @Test func `a socket is open to its user and group only`() throws {
    let running = try RunningServer()
    var status = stat()
    #expect(unsafe lstat(running.socketPath, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o660)
  }

  @Test func `a socket that nobody listens on is replaced`() throws {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/stale.sock"
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(bound == 0)
    close(descriptor)
    #expect(FileManager.default.fileExists(atPath: path))
    let configuration = HTTPServerConfiguration(endpoints: [.unixSocket(path: path)])
    let server = try HTTPServer(configuration: configuration, handler: RunningServer.echo)
    server.start()
    #expect(try HTTPClient(socketPath: path).send(method: "GET", target: "/").status == 200)
    server.stop()
  }

  @Test func `a second server on the same socket is refused and the first goes on`() throws {
    let running = try RunningServer()
    #expect(failure(.unixSocket(path: running.socketPath))?.reason == .inUse)
    #expect(try running.client.send(method: "GET", target: "/").status == 200)
  }

  @Test func `of many servers that start at once on a stale socket exactly one wins`()
    async throws
  {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/http.sock"
    let servers = await withTaskGroup(of: HTTPServer?.self) { group in
      for _ in 0..<16 {
        group.addTask {
          await onThread {
            try? HTTPServer(
              configuration: HTTPServerConfiguration(endpoints: [.unixSocket(path: path)]),
              handler: RunningServer.echo)
          }
        }
      }
      return await group.reduce(into: [HTTPServer]()) { if let server = $1 { $0.append(server) } }
    }
    #expect(servers.count == 1)
  }

  @Test func `a file that is not a socket is left alone`() throws {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/notes.txt"
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(failure(.unixSocket(path: path))?.reason == .notASocket)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
  }

  @Test func `a port that is taken is refused`() throws {
    let running = try RunningServer()
    let port = try #require(running.server.boundPort)
    let error = failure(.loopback(host: "127.0.0.1", port: port))
    #expect(error?.reason == .inUse)
    #expect(error?.errno == EADDRINUSE)
    #expect(error?.description.contains("127.0.0.1:\(port)") == true)
  }

  @Test func `a folder that is missing is said to be missing`() {
    let error = failure(.unixSocket(path: "/tmp/redress-no-such-folder/http.sock"))
    #expect(error?.reason == .folderMissing)
    #expect(error?.description.contains("create it first") == true)
  }

  @Test func `a path that is too long for a socket address is refused`() throws {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let room = 107 - folder.utf8.count - 1
    let longest = folder + "/" + String(repeating: "s", count: room)
    #expect(failure(.unixSocket(path: longest)) == nil)
    #expect(failure(.unixSocket(path: longest + "s"))?.reason == .pathTooLong)
  }

  @Test(arguments: ["0.0.0.0", "192.168.1.1", "::", "example.org", ""])
  func `an address that others can reach is refused`(host: String) {
    #expect(failure(.loopback(host: host, port: 0))?.reason == .notLoopback)
  }

  @Test(arguments: [-1, 65536]) func `a port that does not exist is refused`(port: Int) {
    #expect(failure(.loopback(host: "127.0.0.1", port: port))?.reason == .notLoopback)
  }

  @Test func `the socket file is gone after a stop`() throws {
    let running = try RunningServer()
    running.server.stop()
    #expect(!FileManager.default.fileExists(atPath: running.socketPath))
    let error = #expect(throws: HTTPClientError.self) {
      try running.client.send(method: "GET", target: "/")
    }
    #expect(error?.neverConnected == true)
    #expect(error?.description.contains(running.socketPath) == true)
  }

  @Test func `a stop lets the request in flight finish`() async throws {
    let waiting = Shared<[HTTPExchange]>([])
    let running = try RunningServer { exchange in waiting.with { $0.append(exchange) } }
    let idle = running.connect()
    let path = running.socketPath
    async let response = onThread {
      try? HTTPClient(socketPath: path).send(method: "GET", target: "/")
    }
    #expect(await waiting.wait { !$0.isEmpty })
    let server = running.server
    // Never reached, however slow the machine is.
    async let cutOff = onThread { server.stop(deadline: .seconds(86_400)) }
    #expect(idle.receiveToEnd() == "")
    waiting.with { waiting in
      for exchange in waiting { exchange.respond(HTTPResponse(status: 202)) }
      waiting = []
    }
    #expect(await response?.status == 202)
    #expect(await response?.header("connection") == "close")
    #expect(await cutOff == 0)
  }

  @Test func `a stop under load leaves nobody waiting`() async throws {
    let running = try RunningServer { exchange in
      apart { exchange.respond(HTTPResponse(status: 200, body: exchange.request.body)) }
    }
    let path = running.socketPath
    let answered = Shared(0)
    async let wrong = withTaskGroup(of: Int.self) { group in
      for client in 0..<20 {
        group.addTask {
          await onThread {
            let connection = HTTPClient(socketPath: path)
            var wrong = 0
            let body = Array("client \(client)".utf8)
            while let response = try? connection.send(method: "POST", target: "/", body: body) {
              if response.body != body { wrong += 1 }
              answered.with { $0 += 1 }
            }
            return wrong
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(await answered.wait { $0 > 500 })
    let server = running.server
    #expect(await onThread { server.stop(deadline: .seconds(600)) } == 0)
    #expect(await wrong == 0)
    #expect(running.server.statistics.connectionCount == 0)
  }

  @Test func `a server that nobody keeps stops, and its exchanges go nowhere`() async throws {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/http.sock"
    let waiting = Shared<[HTTPExchange]>([])
    var server: HTTPServer? = try HTTPServer(
      configuration: HTTPServerConfiguration(endpoints: [.unixSocket(path: path)])
    ) { exchange in waiting.with { $0.append(exchange) } }
    server?.start()
    let connection = try #require(RawConnection(socketPath: path))
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await waiting.wait { !$0.isEmpty })
    server = nil
    #expect(connection.receiveToEnd() == "")
    #expect(RawConnection(socketPath: path) == nil)
    waiting.value[0].respond(HTTPResponse(status: 200))
    waiting.with { $0 = [] }
  }

  @Test func `a server that was never started gives its place back`() throws {
    let folder = try RunningServer.makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/http.sock"
    let configuration = HTTPServerConfiguration(endpoints: [.unixSocket(path: path)])
    do {
      let server = try HTTPServer(configuration: configuration, handler: RunningServer.echo)
      #expect(server.stop() == 0)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `a stop cuts off what does not finish, and late answers go nowhere`() async throws {
    let waiting = Shared<[HTTPExchange]>([])
    let running = try RunningServer { exchange in waiting.with { $0.append(exchange) } }
    let connection = running.connect()
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(await waiting.wait { !$0.isEmpty })
    #expect(running.server.stop(deadline: .milliseconds(1)) == 1)
    #expect(connection.receiveToEnd() == "")
    let late = waiting.value[0].startStream(status: 200)
    let taken = Shared<Bool?>(nil)
    late.write([1]) { answer in taken.with { $0 = answer } }
    #expect(taken.value == false)
    let hasClosed = Shared(false)
    late.onClose { hasClosed.with { $0 = true } }
    #expect(hasClosed.value)
  }
}
