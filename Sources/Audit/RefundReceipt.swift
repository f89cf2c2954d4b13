// A refund's receipt: all its events in one file that is checked without the log, by the log's
// public key alone. It is one line of canonical JSON and a newline, with these members in this
// order (here on several lines):
//
//   {"format":"redress.receipt/v1","tenant":"acme","refund":"r1",
//    "events":[{"line":"<the event's line>","proof":"<its proof>"},…],
//    "checkpoint":"<the signed checkpoint>",
//    "statement":"<the signed statement>",
//    "schemas":[{"id":"urn:redress:event:RefundRequested:2","text":"<the file>"},…]}
//
// A proof followed by the checkpoint is a tlog-proof (C2SP). A stream's proofs cannot show that no
// event is left out, so the statement says how many there are. It is a signed note with this text:
//
//   redress.receipt/v1
//   log redress/acme                                       the checkpoint's origin
//   stream refund/r1
//   events 5                                               how many are below the tree's size
//   tree 42 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   the checkpoint's size and root
//   schema urn:redress:event:RefundRequested:2 <SHA-256>   one line for each schema, in order
//
// What must hold: the same checkpoint gives the same bytes; events come by revision, from 0, and
// schemas by id: those of the events and the types that they share.

internal import Cryptography
public import EventSourcing
public import Events
internal import JSON
public import Transparency

/// All events of a refund with their proofs and schemas.
public struct RefundReceipt: Sendable {
  /// One event.
  public struct Event: Sendable {
    /// As the log has it, without its newline.
    public var line: String
    /// The schema of its data.
    var schemaID: String
    public var proof: TlogProof
  }

  public var tenant: TenantID
  public var refund: RefundID
  /// Oldest first.
  public var events: [Event]
  /// What all proofs lead to.
  public var checkpoint: SignedNote
  /// What the log says about the refund's stream.
  public var statement: SignedNote
  private var schemas: [Schema]

  private struct Schema {
    var id: String
    var text: String
  }

  private static let format = "redress.receipt/v1"

  /// - Parameters:
  ///   - events: those of the refund's stream that the checkpoint covers, with proofs that lead to
  ///     it.
  ///   - checkpoint: signed by the same log.
  ///   - key: signs the statement; its name is the log's origin.
  /// - Throws: ``MissingSchema``, and `FormatError` for another note than a checkpoint.
  init(
    of refund: RefundID, in tenant: TenantID, _ events: [Event], checkpoint: SignedNote,
    signedBy key: SigningKey
  ) throws {
    self.tenant = tenant
    self.refund = refund
    self.events = events
    self.checkpoint = checkpoint
    schemas = try (Set(events.map(\.schemaID)).sorted() + [PublishedSchemas.typesID]).map { id in
      guard let text = PublishedSchemas.text(of: id) else { throw MissingSchema(id: id) }
      return Schema(id: id, text: text)
    }
    let head = try Checkpoint(text: checkpoint.text).head
    let lines =
      [
        Self.format, "log \(key.verifier.name)", "stream \(Self.stream(of: refund))",
        "events \(events.count)", "tree \(head.size) \(Base64.encode(head.root.bytes))",
      ] + schemas.map { "schema \($0.id) \(SHA256.hash(Array($0.text.utf8)))" }
    statement = SignedNote(text: lines.map { $0 + "\n" }.joined(), signedBy: [key])
  }

  static func stream(of refund: RefundID) -> StreamName { StreamName("refund/\(refund)") }

  /// The text of the file.
  public var bytes: [UInt8] {
    let events = events.map { event in
      object(("line", .string(event.line)), ("proof", .string(event.proof.head)))
    }
    let schemas = schemas.map { object(("id", .string($0.id)), ("text", .string($0.text))) }
    let document = object(
      ("format", .string(Self.format)), ("tenant", .string(tenant.rawValue)),
      ("refund", .string(refund.rawValue)), ("events", .array(events)),
      ("checkpoint", text(checkpoint)), ("statement", text(statement)),
      ("schemas", .array(schemas)))
    return document.json + [UInt8(ascii: "\n")]
  }

  private func object(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { JSONValue.Member($0, $1) })
  }

  private func text(_ note: SignedNote) -> JSONValue {
    .string(String(decoding: note.bytes, as: UTF8.self))
  }
}

/// The program does not have the schema of an event, which a newer one wrote.
public struct MissingSchema: Error, Hashable, Sendable, CustomStringConvertible {
  public var id: String

  public var description: String {
    "This program has no schema \(id); use the one that wrote the event, or a newer one."
  }
}
