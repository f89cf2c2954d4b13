import Cryptography
public import Events

extension SubmittedCommand {
  /// What two commands with the same id must share to be the same command: the first 16 bytes of the
  /// SHA-256 of their canonical content, the id left out.
  public var contentHash: CommandHash {
    var content: [UInt8] = []
    writeContent(to: &content)
    return CommandHash(digest: SHA256.hash(content).bytes)
  }
}
