// Writes the Swift types of all events and commands, with their decoders and encoders, from the
// JSON Schemas in EventSchemas/. What it does not understand it refuses, with file and place: a
// keyword that is silently ignored would be a rule that nobody checks.

import Foundation
import JSON

@main
struct GenerateEvents {
  static func main() {
    var arguments = CommandLine.arguments
    let isReference = arguments.count == 4 && arguments[1] == "--reference"
    if isReference { arguments.remove(at: 1) }
    guard arguments.count == 3 else {
      fail("usage: generate-events [--reference] <folder of schemas> <output folder>")
    }
    do {
      let output = URL(fileURLWithPath: arguments[2], isDirectory: true)
      let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
      let files =
        isReference
        ? try ReferenceWriter(folder: folder).files() : try Schemas(folder: folder).swiftFiles()
      for (name, text) in files {
        try write(text, to: output.appendingPathComponent(name))
      }
    } catch {
      fail("error: \(error)")
    }
  }

  /// Leaves a file alone that would not change, so that nothing is compiled again.
  private static func write(_ text: String, to file: URL) throws {
    let data = Data(text.utf8)
    if let old = try? Data(contentsOf: file), old == data { return }
    try data.write(to: file)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
  }
}

/// A schema that breaks the conventions.
struct SchemaError: Error, CustomStringConvertible {
  var file: String
  var path: String
  var problem: String

  var description: String { "\(file): \(path): \(problem)" }
}
