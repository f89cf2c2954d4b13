// manifest.json: what an export holds, as one object of canonical JSON. manifest.note has its
// SHA-256, signed with the log's key, so that the tables and the report are as signed as the lines:
//
//   redress.export/v1
//   log redress/acme                                       the checkpoint's origin
//   tree 42 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   the checkpoint's size and root
//   manifest <SHA-256>                                     of manifest.json
//
// Its first line is no log's origin, so no verifier takes it for a checkpoint.

import Cryptography
import EventSourcing
import JSON
import Transparency

struct ExportManifest {
  static let format = "redress.export/v1"
  static let newestCheckpoint = "checkpoints/newest.note"

  private let configuration: TenantExport.Configuration
  private let history: ExportedHistory
  private let checkpoint: Checkpoint
  private let earlier: [ProvedCheckpoint]
  private let report: AuditReport

  init(
    _ configuration: TenantExport.Configuration, _ history: ExportedHistory,
    _ checkpoint: Checkpoint, _ earlier: [ProvedCheckpoint], _ report: AuditReport
  ) {
    self.configuration = configuration
    self.history = history
    self.checkpoint = checkpoint
    self.earlier = earlier
    self.report = report
  }

  /// - Parameter files: all of the export but the manifest and its note.
  func bytes(_ files: [ExportFolder.Entry]) -> [UInt8] {
    let key = configuration.keys.signingKey(origin: checkpoint.origin).verifier
    let manifest = object(
      ("format", .string(Self.format)), ("tenant", .string(configuration.tenant.rawValue)),
      ("events", number(history.leaves.count)), ("commits", number(history.commitCount)),
      ("chain", .string("\(history.chain)")),
      ("tree", object(("size", number(checkpoint.head.size)), ("root", .string(root)))),
      ("checkpoint", .string(Self.newestCheckpoint)),
      (
        "earlierCheckpoints",
        .array(
          earlier.map {
            object(
              ("size", number($0.head.size)), ("checkpoint", .string($0.noteFile)),
              ("consistency", .string($0.proofFile)))
          })
      ),
      ("key", .string(key.vkey)), ("build", .string(configuration.build)),
      ("findings", number(report.findings.count)),
      ("paidRefunds", number(history.refunds.paid.count)),
      (
        "personalData",
        object(
          ("sealed", texts(history.personal.sealed)), ("erased", texts(history.personal.erased)),
          ("clear", texts(history.personal.clear)), ("opened", opened))
      ),
      (
        "files",
        .array(
          files.map {
            object(
              ("path", .string($0.path)), ("bytes", number($0.byteCount)),
              ("sha256", .string("\($0.digest)")))
          })
      ))
    return manifest.json + [UInt8(ascii: "\n")]
  }

  /// The text of the note.
  func statement(of manifest: [UInt8]) -> String {
    """
    \(Self.format)
    log \(checkpoint.origin)
    tree \(checkpoint.head.size) \(root)
    manifest \(SHA256.hash(manifest))

    """
  }

  private var root: String { Base64.encode(checkpoint.head.root.bytes) }

  /// How many personal texts there are in all, and of each person.
  private func texts(_ counts: [String: Int]) -> JSONValue {
    object(
      ("texts", number(counts.values.reduce(0, +))),
      (
        "persons",
        .object(
          counts.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, number($0.value)) })
      ))
  }

  /// Where the texts are in clear and why, or `null`.
  private var opened: JSONValue {
    configuration.openingReason.map {
      object(("file", .string(PersonalTable.path)), ("reason", .string($0)))
    } ?? .null
  }

  private func number(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(value)) }

  private func object(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { JSONValue.Member($0, $1) })
  }
}
