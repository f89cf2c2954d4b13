// Writes the lines of the log to standard error, of which a process has one. What must hold: each
// line leaves with one write, so that lines of several threads do not mix; where its reader has
// left, as a log collector that restarts, the line is lost and nothing else.

import CommandHandling
package import EventSourcing
import Glibc
import Synchronization

/// Where the service says what no caller can act on.
public final class OperatorLog: Sendable {
  private struct State {
    var format = LogLine.Format.text
    var repeated = RepeatedLines()
    var counts: [LogLine.Level: UInt64] = [:]
  }

  /// Standard error.
  public static let shared = OperatorLog()

  private let state = Mutex(State())
  private let write: @Sendable ([UInt8]) -> Void
  private let sinceBoot: @Sendable () -> Int64

  /// - Parameter sinceBoot: microseconds of a clock that cannot be set.
  init(
    write: @escaping @Sendable ([UInt8]) -> Void = writeToStandardError,
    sinceBoot: @escaping @Sendable () -> Int64 = { monotonicMicroseconds() }
  ) {
    self.write = write
    self.sinceBoot = sinceBoot
  }

  /// The format of every later line.
  public func use(_ format: LogLine.Format) { state.withLock { $0.format = format } }

  /// Writes a line, or counts it where it says what was said within the last minute.
  public func write(_ line: LogLine) {
    let now = sinceBoot()
    let (format, repeatedCount) = state.withLock { state -> (LogLine.Format, Int?) in
      state.counts[line.level, default: 0] += 1
      return (state.format, state.repeated.note(line, at: now))
    }
    guard let repeatedCount else { return }
    write(line.bytes(format, at: .now, repeatedCount: repeatedCount))
  }

  /// Writes how often lines were held back since they were written last.
  public func flush() {
    let (format, lines) = state.withLock { ($0.format, $0.repeated.takeHeldBack()) }
    for (line, count) in lines { write(line.bytes(format, at: .now, repeatedCount: count)) }
  }

  /// How many lines each level had, with those that were held back.
  var counts: [(LogLine.Level, UInt64)] {
    let counts = state.withLock { $0.counts }
    return LogLine.Level.allCases.map { ($0, counts[$0] ?? 0) }
  }
}

/// Says what the operator of a service has to know.
func complain(
  _ level: LogLine.Level, _ component: String, _ message: TerminalText,
  requestID: String? = nil
) {
  OperatorLog.shared.write(LogLine(level, component, message, requestID: requestID))
}

/// Writes a message of a command that runs in a terminal.
package func sayPlainly(_ message: TerminalText) {
  writeToStandardError(Array("redress: \(message.description)\n".utf8))
}

private func writeToStandardError(_ bytes: [UInt8]) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0 && errno != EINTR { return }
    rest = rest.dropFirst(max(0, count))
  }
}

private func monotonicMicroseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
