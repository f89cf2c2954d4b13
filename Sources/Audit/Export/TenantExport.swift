// The export of one tenant for an auditor: a folder that proves itself by hand, without Redress.
//
//   README.md               how to check all of it with ordinary programs
//   manifest.json           what the folder holds, with the SHA-256 of every other file
//   manifest.note           the manifest's SHA-256, signed with the log's key
//   log/*.zst               the tenant's lines as a log of its own: positions, commits, chain
//   checkpoints/            newest.note; earlier ones, each with the proof that nothing changed
//   proofs/receipts.zst     a receipt (RefundReceipt) of each refund that was paid, one a line
//   schemas/*.json          the schemas of the events, with an example or more in each
//   report/                 the controls' report
//   csv/                    refunds.csv, refund-legs.csv, decisions.csv; personal.csv where texts
//                           were opened
//   public-key.txt, .pem    the log's keys
//   verify-log, FORMAT.md   the verifier and what it follows
//
// What must hold:
// - The log is only read. Its newest signed checkpoint says where the export ends, so every line of
//   it is signed, and a service that goes on recording changes nothing.
// - Nothing of another tenant is in it.
// - The same checkpoints, keys and program give the same bytes. No time of the export is in it.
// - The folder is there whole or not at all.
//
// A paid refund has a receipt, since an auditor's sample is of refunds, and a receipt also says
// that no event of the refund is left out. Of every other event the log itself is the proof: its
// lines give the signed root. Tiles would repeat what follows from the lines.

public import EventSourcing
import Foundation
public import PersonalData
public import Transparency

/// Writes the export of one tenant.
public struct TenantExport {
  /// What is exported, and with what.
  public struct Configuration: Sendable {
    public var logFolder: String
    public var tenant: TenantID
    /// The folder of the export, which must be new or empty.
    public var target: String
    /// The program that exports.
    public var build: String
    /// The first part of the checkpoints' origin.
    public var logName: String
    /// They verify the checkpoints and sign the manifest and the receipts.
    public var keys: CheckpointKeys
    /// The personal keys, to see whether those of erased persons are gone.
    public var vault: PersonalVault?
    /// Why personal texts are opened with the keys; `nil` leaves them sealed.
    public var openingReason: String?
    /// Checkpoints that were kept elsewhere, to be proved to be beginnings of the history.
    public var earlier: [EarlierCheckpoint] = []

    public init(
      logFolder: String, tenant: TenantID, target: String, build: String, logName: String,
      keys: CheckpointKeys
    ) {
      (self.logFolder, self.tenant, self.target) = (logFolder, tenant, target)
      (self.build, self.logName, self.keys) = (build, logName, keys)
    }

    var origin: String { "\(logName)/\(tenant)" }
  }

  private let configuration: Configuration

  public init(_ configuration: Configuration) { self.configuration = configuration }

  /// Writes the folder.
  ///
  /// - Parameters:
  ///   - formats: the report of the controls as files, by name.
  ///   - progress: called with the number of events so far.
  /// - Throws: ``ExportError``, ``CheckpointMismatch`` for a history that was not signed,
  ///   ``Finding`` for one that cannot be, `LogError`, `CheckpointRefusal`; then no folder is left.
  public func run(
    formats: (AuditReport) -> [(name: String, text: String)], progress: (Int) -> Void = { _ in }
  ) throws -> ExportSummary {
    // The checkpoint is read before the log, which has at least its events then.
    let newest = try newestCheckpoint()
    let folder = try ExportFolder(for: configuration.target)
    do {
      let history = try ExportedHistory(
        of: configuration.tenant, upTo: newest.checkpoint.head.size,
        from: configuration.logFolder, to: folder.path + "/log",
        opening: configuration.openingReason == nil ? nil : configuration.vault,
        progress: progress)
      let tree = try ExportedTree(history.leaves)
      try tree.require(newest.checkpoint.head, of: configuration.tenant)
      let earlier = try configuration.earlier.map {
        try $0.proved(by: tree, configuration)
      }
      let report = try audit(folder, newest.checkpoint.head)
      try folder.write(formats(report).map { ("report/" + $0.name, $0.text) })
      try writeTables(of: history, to: folder)
      try writeProofs(of: history, tree, newest.note, to: folder)
      try writeCheckpoints(newest.note, earlier, to: folder)
      try writeEnclosed(history, to: folder)
      try writeManifest(
        ExportManifest(configuration, history, newest.checkpoint, earlier, report), to: folder)
      try folder.finish()
      return ExportSummary(
        eventCount: history.leaves.count, commitCount: history.commitCount,
        receiptCount: history.refunds.paid.count, findingCount: report.findings.count,
        chain: history.chain, head: newest.checkpoint.head)
    } catch {
      folder.remove()
      throw error
    }
  }

  private func newestCheckpoint() throws -> (note: SignedNote, checkpoint: Checkpoint) {
    let signer = CheckpointSigner(
      logName: configuration.logName, tenant: configuration.tenant.rawValue,
      folder: configuration.logFolder + "/checkpoints", keys: configuration.keys)
    guard let last = try signer.last(), last.checkpoint.head.size > 0 else {
      throw ExportError.noCheckpoint(configuration.tenant)
    }
    let key = configuration.keys.signingKey(origin: configuration.origin).verifier
    guard last.note.signatures.contains(where: { $0.name == key.name && $0.keyID == key.id }) else {
      throw ExportError.retiredKey(configuration.tenant)
    }
    return last
  }

  /// Audits what was just written, not what it was written from.
  private func audit(_ folder: ExportFolder, _ head: TreeHead) throws -> AuditReport {
    var audit = ComplianceAudit.Configuration(
      logFolder: folder.path + "/log", build: configuration.build)
    audit.checkpoints = [configuration.tenant: head]
    audit.vault = configuration.vault
    audit.tenant = configuration.tenant
    return try ComplianceAudit(audit).run()
  }
}

extension TenantExport {
  private func writeTables(of history: ExportedHistory, to folder: ExportFolder) throws {
    try folder.write([
      ("csv/refunds.csv", history.refunds.csv), ("csv/refund-legs.csv", history.legs.csv),
      ("csv/decisions.csv", history.decisions.csv),
    ])
    if let opened = history.opened { try folder.write([(PersonalTable.path, opened.csv)]) }
  }

  private func writeProofs(
    of history: ExportedHistory, _ tree: ExportedTree, _ note: SignedNote, to folder: ExportFolder
  ) throws {
    let key = configuration.keys.signingKey(origin: configuration.origin)
    var receipts = ReceiptArchive()
    for (refund, lines) in history.refunds.paid {
      try receipts.add(
        RefundReceipt(
          of: refund, in: configuration.tenant, tree.events(lines, checkpoint: note),
          checkpoint: note, signedBy: key))
    }
    try folder.write(receipts.finish(), as: ReceiptArchive.path)
  }

  private func writeCheckpoints(
    _ newest: SignedNote, _ earlier: [ProvedCheckpoint], to folder: ExportFolder
  ) throws {
    try folder.write(newest.bytes, as: ExportManifest.newestCheckpoint)
    for checkpoint in earlier {
      try folder.write(checkpoint.note.bytes, as: checkpoint.noteFile)
      try folder.write(checkpoint.proof.bytes, as: checkpoint.proofFile)
    }
  }

  private func writeEnclosed(_ history: ExportedHistory, to folder: ExportFolder) throws {
    for id in history.schemaIDs.sorted() {
      guard let text = PublishedSchemaFile(id: id) else { throw MissingSchema(id: id) }
      try folder.write(Array(text.text.utf8), as: text.path)
    }
    let keys = configuration.keys.verifierKeys(origin: configuration.origin)
    try folder.write([
      ("public-key.txt", keys.map { $0.vkey + "\n" }.joined()),
      ("public-key.pem", keys[0].publicKeyPEM),
      ("README.md", Enclosed.readme(tenant: configuration.tenant)),
    ])
    try folder.write(Enclosed.format, as: "FORMAT.md")
    try folder.write(Enclosed.verifier, as: "verify-log", isExecutable: true)
  }

  private func writeManifest(_ manifest: ExportManifest, to folder: ExportFolder) throws {
    let bytes = manifest.bytes(try folder.files())
    try folder.write(bytes, as: "manifest.json")
    let key = configuration.keys.signingKey(origin: configuration.origin)
    let note = SignedNote(text: manifest.statement(of: bytes), signedBy: [key])
    try folder.write(note.bytes, as: "manifest.note")
  }
}
