// What the operator reads: one line for each entry, one line for a failure that lasts.

import EventSourcing
import JSON
import Synchronization
import Testing

@testable import Service

struct `A line for the operator` {
  private final class Written: Sendable {
    let lines = Mutex<[String]>([])
    let now = Mutex<Int64>(0)

    func log(_ format: LogLine.Format = .text) -> OperatorLog {
      let log = OperatorLog(
        write: { [self] bytes in
          lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
        }, sinceBoot: { [self] in now.withLock { $0 } })
      log.use(format)
      return log
    }

    func wait(seconds: Int64) { now.withLock { $0 += seconds * 1_000_000 } }
  }

  @Test func `is one JSON object with its time, level, component, message and request`() throws {
    let written = Written()
    let hostile = "two\nlines \"quoted\" \u{1B}[31m"
    written.log(.json).write(LogLine(.error, "requests", "\(hostile)", requestID: "abc-7"))
    let line = try #require(written.lines.withLock { $0.first })
    #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { $0 != "\n" && $0 != "\u{1B}" })
    let object = try JSONValue(parsing: Array(line.utf8))
    #expect(
      object.members?.map(\.key) == ["time", "level", "component", "message", "requestId"])
    #expect(Timestamp(object["time"]?.string ?? "") != nil)
    #expect(object["level"]?.string == "error" && object["component"]?.string == "requests")
    #expect(object["message"]?.string == "\("\(hostile)" as TerminalText)")
    #expect(object["requestId"]?.string == "abc-7")
  }

  @Test func `is text with the same parts`() throws {
    let written = Written()
    written.log().write(LogLine(.warning, "sealing", "a segment stays", requestID: "abc-7"))
    let line = try #require(written.lines.withLock { $0.first })
    let (time, rest) = (line.prefix(Timestamp.length), line.dropFirst(Timestamp.length))
    #expect(Timestamp(time) != nil)
    #expect(rest == " warning sealing: a segment stays [request abc-7]\n")
  }

  @Test func `is written once while it repeats, and then says how often`() {
    let written = Written()
    let log = written.log()
    for _ in 1...500 { log.write(LogLine(.error, "requests", "the disk is full")) }
    log.write(LogLine(.error, "requests", "another failure"))
    #expect(written.lines.withLock { $0.count } == 2)
    written.wait(seconds: 60)
    log.write(LogLine(.error, "requests", "the disk is full"))
    #expect(written.lines.withLock { $0.last }?.contains("[499 more since the last line]") == true)
    log.write(LogLine(.error, "requests", "the disk is full"))
    #expect(written.lines.withLock { $0.count } == 3)
    log.flush()
    #expect(written.lines.withLock { $0.last }?.contains("[1 more since the last line]") == true)
    #expect(log.counts.map(\.1) == [0, 0, 503])
  }

  @Test func `that only informs is always written`() {
    let written = Written()
    let log = written.log()
    for _ in 1...3 { log.write(LogLine(.info, "serve", "the settings were read again")) }
    #expect(written.lines.withLock { $0.count } == 3)
  }

  @Test func `is never held back because many others were written`() {
    let written = Written()
    let log = written.log()
    for number in 1...3_000 { log.write(LogLine(.error, "requests", "failure \(number)")) }
    #expect(written.lines.withLock { $0.count } == 3_000)
  }
}
