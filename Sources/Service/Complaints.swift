import Foundation

/// Tells the operator, on standard error, what no caller can be told.
func complain(_ message: String) {
  FileHandle.standardError.write(Data("redress: \(message)\n".utf8))
}
