// A line on standard error that says how far something is; nothing where it is no terminal.

import Foundation

struct ProgressLine {
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  func show(_ text: String) {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
  }

  func clear() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}

/// `1.25 s`, for people.
func seconds(since start: ContinuousClock.Instant) -> String {
  let time = (ContinuousClock.now - start) / Duration.milliseconds(10)
  return String(format: "%.2f s", time / 100)
}
