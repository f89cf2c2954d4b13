// A witness (C2SP tlog-witness): cosigns checkpoints that extend the last one that it cosigned.
// What must hold: for each log the newest cosigned checkpoint is durable before its cosignature is
// given out, and no smaller or other tree is cosigned after it.

internal import Synchronization

/// A witness of some logs.
public final class Witness: Sendable {
  /// The answer to add-checkpoint.
  public struct Answer: Sendable, Hashable {
    /// Of HTTP.
    public var status: Int
    public var mediaType = "text/plain; charset=utf-8"
    public var body: [UInt8]

    init(_ status: Int, _ sentence: String) {
      (self.status, body) = (status, Array("\(sentence)\n".utf8))
    }
  }

  private let logs: [String: [VerifierKey]]
  private let key: CosigningKey
  private let folder: String
  private let clock: @Sendable () -> UInt64
  /// One request after the other: a size is compared and replaced in one step.
  private let turn = Mutex(())

  /// - Parameters:
  ///   - logs: the keys of each log, by origin.
  ///   - folder: has the newest cosigned checkpoint of each log; it is made if it is missing.
  ///   - clock: seconds since 1970.
  public init(
    of logs: [String: [VerifierKey]], key: CosigningKey, folder: String,
    clock: @escaping @Sendable () -> UInt64
  ) {
    (self.logs, self.key, self.folder, self.clock) = (logs, key, folder, clock)
  }

  /// Answers add-checkpoint; blocks until the checkpoint is durable.
  ///
  /// - Throws: ``TransparencyError`` where the last checkpoint cannot be read or replaced.
  public func addCheckpoint(_ body: [UInt8]) throws -> Answer {
    let request: WitnessRequest
    do { request = try WitnessRequest(body) } catch { return Answer(400, "\(error)") }
    let claimed: Checkpoint
    do { claimed = try Checkpoint(text: request.note.text) } catch {
      // The root of a tree without leaves follows from its size.
      let isEmpty = request.note.text.split(separator: "\n").dropFirst().first == "0"
      return Answer(isEmpty ? 422 : 400, "\(error)")
    }
    guard let keys = logs[claimed.origin] else {
      return Answer(404, "this witness does not know \(claimed.origin)")
    }
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(verifying: request.note, origin: claimed.origin, keys: keys)
    } catch { return Answer(403, "\(error)") }
    guard request.oldSize <= checkpoint.head.size else {
      return Answer(400, "the old size \(request.oldSize) is more than \(checkpoint.head.size)")
    }
    return try turn.withLock { _ in try add(checkpoint, request) }
  }

  private func add(_ checkpoint: Checkpoint, _ request: WitnessRequest) throws -> Answer {
    let path = path(of: checkpoint.origin)
    let last = try DurableFile.read(path).map { try Checkpoint(text: SignedNote($0).text).head }
    let old = last ?? TreeHead(size: 0, root: emptyRoot)
    guard old.size == request.oldSize else {
      var answer = Answer(409, "\(old.size)")
      answer.mediaType = "text/x.tlog.size"
      return answer
    }
    guard request.proves(old, extendsTo: checkpoint.head) else {
      return Answer(
        422, "the proof does not lead from \(old.size) events to \(checkpoint.head.size)")
    }
    let cosignature = key.cosign(request.note.text, at: clock())
    try DurableFile.createFolders(folder)
    try DurableFile.replace(path, with: request.note.signed([cosignature]).bytes, mode: 0o644)
    return Answer(200, "\u{2014} \(cosignature.line)")
  }

  /// Origins have slashes, and no key's name has a plus sign.
  private func path(of origin: String) -> String {
    "\(folder)/\(origin.replacing("/", with: "+")).witnessed"
  }
}
