package import EventSourcing
import Glibc

/// Writes to standard error, for the operator, what no caller can act on. Where its reader has
/// left, as a log collector that restarts, the message is lost and nothing else.
package func complain(_ message: TerminalText) {
  var rest = Array("redress: \(message.description)\n".utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if count < 0 && errno != EINTR { return }
    rest = rest.dropFirst(max(0, count))
  }
}
