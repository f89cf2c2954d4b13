// A signed checkpoint that was kept outside the log. What must hold: only one that this log's key
// signed is believed.

import EventLog
import EventSourcing
import Foundation
import Node
import Transparency

struct CheckpointFile {
  var folder: DataFolder
  /// `-` is standard input.
  var file: String

  /// - Throws: a ``Stop`` when the file cannot be read or holds no signed note.
  func read() throws -> SignedNote {
    let bytes: Data
    do {
      bytes =
        try file == "-"
        ? FileHandle.standardInput.readToEnd() ?? Data()
        : Data(contentsOf: URL(filePath: file))
    } catch { throw Stop.unable("cannot read \(describe(error))") }
    do { return try SignedNote(Array(bytes)) } catch { throw unsigned("\(error)") }
  }

  /// The tenant that the note is about, which its origin ends with.
  func tenant(of note: SignedNote) throws -> TenantID {
    let origin: String
    do { origin = try Checkpoint(text: note.text).origin } catch { throw unsigned("\(error)") }
    guard let slash = origin.lastIndex(of: "/"),
      let tenant = TenantID(origin[origin.index(after: slash)...])
    else { throw unsigned("its origin \(origin) does not end with /TENANT") }
    guard try LogSummary(folder: folder.log).tenants.contains(where: { $0.name == tenant }) else {
      throw unsigned("it is of \(origin), and there is no tenant \(tenant) in \(folder.log)")
    }
    return tenant
  }

  /// - Parameter keys: the log's keys, each with the note's origin as its name.
  func verified(_ note: SignedNote, with keys: [VerifierKey]) throws -> Checkpoint {
    guard let origin = keys.first?.name else { throw Stop.unable("the log has no keys") }
    do { return try Checkpoint(verifying: note, origin: origin, keys: keys) } catch {
      throw unsigned(error.description)
    }
  }

  private func unsigned(_ reason: String) -> Stop {
    let name = file == "-" ? "standard input" : file
    return Stop(
      code: .wrong, message: "\(name) is not a checkpoint that this log signed: \(reason)")
  }
}
