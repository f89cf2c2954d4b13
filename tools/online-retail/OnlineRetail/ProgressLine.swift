// How far the import is, on standard error: one line that changes in place on a terminal, and
// elsewhere, such as in a log, a line every few seconds.

internal import Foundation

/// Reports what is going on.
public struct ProgressLine {
  private let isTerminal: Bool
  private let isSilent: Bool
  private var lastReport = Date.distantPast
  private var isOpen = false

  /// - Parameter isSilent: whether nothing is written at all.
  public init(isSilent: Bool = false) {
    isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    self.isSilent = isSilent
  }

  public mutating func report(_ text: String) {
    let now = Date()
    guard !isSilent, now.timeIntervalSince(lastReport) >= (isTerminal ? 0.1 : 3) else { return }
    lastReport = now
    isOpen = isTerminal
    write(isTerminal ? "\r\u{1b}[K\(text)" : "\(text)\n")
  }

  /// Clears the line, so that what follows begins on a fresh one.
  public mutating func finish() {
    if isOpen { write("\r\u{1b}[K") }
    isOpen = false
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
