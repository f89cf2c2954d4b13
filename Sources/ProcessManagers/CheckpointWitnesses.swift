// Asks witnesses to cosign each new checkpoint (C2SP tlog-witness, add-checkpoint). Their
// cosignatures go to the checkpoint that is stored and given out. What must hold: a cosignature is
// verified with the key of its witness before it is kept.

public import Audit
import Curl
public import EventSourcing
public import Projecting
import Synchronization
public import Transparency

/// Gets the cosignatures of some witnesses.
public final class CheckpointWitnesses: ProcessManager {
  public let name = "witnesses"
  public let readModel: (any ReadModel.Type)? = nil
  public let waitsForClock = false
  private let publisher: CheckpointPublisher
  private let tenants: @Sendable () -> [TenantID]
  private let witnesses: [WitnessPolicy.Witness]
  /// By witness and tenant, the size of the tree that it cosigned last.
  private let cosigned = Mutex<[Place: UInt64]>([:])
  private let cancellation = Cancellation()

  private struct Place: Hashable {
    var witness: VerifierKey
    var tenant: TenantID
  }

  /// How long a witness may take.
  private static let timeout = Duration.seconds(10)

  public init(
    _ witnesses: [WitnessPolicy.Witness], of publisher: CheckpointPublisher,
    tenants: @escaping @Sendable () -> [TenantID]
  ) {
    (self.witnesses, self.publisher, self.tenants) = (witnesses, publisher, tenants)
  }

  public func onWork(_ call: @escaping @Sendable () -> Void) { publisher.onSigning(call) }

  public func stop() { cancellation.cancel() }

  public func run() throws -> Timestamp? {
    var failures: [any Error] = []
    for tenant in tenants() {
      guard let note = try publisher.storedCheckpoint(of: tenant) else { continue }
      var new: [NoteSignature] = []
      // A witness that is down keeps the others from nothing.
      for witness in witnesses
      where !cancellation.isCancelled && !note.signatures.contains(where: witness.signed) {
        do { new += try cosignature(of: note, for: tenant, by: witness) } catch {
          failures.append(error)
        }
      }
      if !new.isEmpty { try publisher.add(new, to: note.text, of: tenant) }
    }
    // A stop ended the last request, which is no failure.
    if let failure = failures.first, !cancellation.isCancelled { throw failure }
    return nil
  }

  private func cosignature(
    of note: SignedNote, for tenant: TenantID, by witness: WitnessPolicy.Witness
  ) throws -> [NoteSignature] {
    let place = Place(witness: witness.key, tenant: tenant)
    let size = try Checkpoint(text: note.text).head.size
    let old = cosigned.withLock { $0[place] } ?? 0
    var answer = try ask(witness, note, of: tenant, from: old, to: size)
    if answer.status == 409 {
      // After a start its last size is known to the witness only.
      let last = try lastSize(in: answer, witness)
      guard last <= size else {
        throw WitnessFailure(
          witness, "has cosigned \(last) events of \(tenant), and the history has \(size)")
      }
      answer = try ask(witness, note, of: tenant, from: last, to: size)
    }
    guard answer.isSuccess else {
      let body = String(decoding: answer.body.prefix(200), as: UTF8.self)
      throw WitnessFailure(witness, "answers \(answer.status): \(body.trimmingNewlines)")
    }
    let cosigned = try SignedNote(note.bytes + answer.body)
    try cosigned.verify(with: [witness.key])
    self.cosigned.withLock { $0[place] = size }
    return cosigned.signatures.filter(witness.signed)
  }

  private func ask(
    _ witness: WitnessPolicy.Witness, _ note: SignedNote, of tenant: TenantID,
    from old: UInt64, to new: UInt64
  ) throws -> ClientResponse {
    let proof =
      old == 0 || old == new ? nil : try publisher.consistency(from: old, to: new, of: tenant)
    let client = HTTPClient(baseURL: witness.url)
    client.totalTimeout = Self.timeout
    client.cancellation = cancellation
    return try client.send(
      method: "POST", target: "/add-checkpoint",
      body: WitnessRequest(note, oldSize: old, proof: proof).bytes)
  }

  private func lastSize(
    in answer: ClientResponse, _ witness: WitnessPolicy.Witness
  ) throws -> UInt64 {
    let text = String(decoding: answer.body, as: UTF8.self).trimmingNewlines
    guard let size = UInt64(text) else { throw WitnessFailure(witness, "answers 409: \(text)") }
    return size
  }
}

/// Why a witness did not cosign.
struct WitnessFailure: Error, CustomStringConvertible {
  private let witness: WitnessPolicy.Witness
  private let reason: String

  init(_ witness: WitnessPolicy.Witness, _ reason: String) {
    (self.witness, self.reason) = (witness, reason)
  }

  var description: String { "the witness \(witness.name) at \(witness.url) \(reason)" }
}

extension String {
  fileprivate var trimmingNewlines: String {
    String(split(separator: "\n").joined(separator: " "))
  }
}
