// A progress line on standard error, shown only when standard error is a terminal.

import EventSourcing
import Foundation

struct ProgressLine {
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  func show(_ text: TerminalText) {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
  }

  func clear() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}

/// The elapsed time as text, such as `1.25 s`.
func seconds(since start: ContinuousClock.Instant) -> String {
  let time = (ContinuousClock.now - start) / Duration.milliseconds(10)
  return String(format: "%.2f s", time / 100)
}
