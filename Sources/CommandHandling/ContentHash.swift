import Cryptography
public import Events

extension SubmittedCommand {
  /// What two commands with the same id must share to be the same command: the first 16 bytes of the
  /// SHA-256 of their canonical content, without the id and with every personal text empty, which is
  /// compared under the person's key (``CommandHash``).
  public var contentHash: CommandHash {
    var content: [UInt8] = []
    var impersonal = self
    impersonal.command.mapPersonal { _, _, _ in "" }
    impersonal.writeContent(to: &content)
    return CommandHash(digest: SHA256.hash(content).bytes)
  }
}
