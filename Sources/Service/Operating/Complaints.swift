import Foundation

/// Writes to standard error, for the operator, what no caller can act on.
func complain(_ message: String) {
  FileHandle.standardError.write(Data("redress: \(message)\n".utf8))
}
