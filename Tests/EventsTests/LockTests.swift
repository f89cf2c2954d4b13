// A published schema never changes: histories were written by it. `published.lock` holds the
// SHA-256 of each, in the format of sha256sum, so that `cd EventSchemas && sha256sum -c
// published.lock` says the same as this test.

import Cryptography
import Events
import Foundation
import Testing

struct `A published schema` {
  @Test func `never changes, and a new one is locked`() throws {
    let lock = try String(
      contentsOf: SchemaFile.folder.appending(path: "published.lock"), encoding: .utf8)
    let locked = lock.split(separator: "\n").map { line in
      let parts = line.split(separator: " ", omittingEmptySubsequences: true)
      return (digest: String(parts.first ?? ""), path: String(parts.last ?? ""))
    }
    #expect(locked.map(\.path) == locked.map(\.path).sorted(), "the lock is sorted by path")
    let files = try paths()
    for file in files where !locked.contains(where: { $0.path == file }) {
      Issue.record("\(file) is not in published.lock. \(advice)")
    }
    for (digest, path) in locked {
      guard files.contains(path) else {
        Issue.record("\(path) is published and must stay. \(advice)")
        continue
      }
      let data = try Data(contentsOf: SchemaFile.folder.appending(path: path))
      if SHA256.hash([UInt8](data)).description != digest {
        Issue.record("\(path) was changed after it was published. \(advice)")
      }
    }
  }

  @Test func `is in the program, byte for byte`() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: SchemaFile.folder.appending(path: path), encoding: .utf8)
    }
    for (family, files) in [("event", SchemaFile.events), ("command", SchemaFile.commands)] {
      for schema in files {
        let id = "urn:redress:\(family):\(schema.name):\(schema.version)"
        let path = "\(family)s/\(schema.name).\(schema.version).json"
        #expect(PublishedSchemas.text(of: id) == (try text(path)), "\(id)")
      }
    }
    #expect(PublishedSchemas.events.count == SchemaFile.events.count)
    #expect(
      Set(PublishedSchemas.commands).isSuperset(
        of: SchemaFile.commands.map { "urn:redress:command:\($0.name):\($0.version)" }))
    #expect(PublishedSchemas.text(of: PublishedSchemas.typesID) == (try text("types.json")))
    #expect(PublishedSchemas.text(of: "urn:redress:event:RefundApproved:0") == nil)
  }

  private let advice: Comment = """
    A published version never changes: to change an event, restore its file, add the next version \
    beside it (Name.2.json) and write the upcast function that the compiler asks for. Then lock \
    the new file (types.json may gain types, but none of it may change): (cd EventSchemas && \
    LC_ALL=C sha256sum types.json */*.json | LC_ALL=C sort -k 2 \
    > published.lock).
    """

  private func paths() throws -> [String] {
    var paths = ["types.json"]
    for family in ["events", "commands"] {
      let folder = SchemaFile.folder.appending(path: family).path
      paths += try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(family)/\($0)" }
    }
    return paths
  }
}
