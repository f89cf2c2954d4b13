// The key that seals a data folder's read models: 32 random bytes in hexadecimal, in keys/read-
// models.key. What must hold: it is made once. A folder that lost it makes another one, and its
// read models anew, since nothing shows any more who wrote them.

import Cryptography
public import Projecting
import Transparency

extension DataFolder {
  private var readModelKeyFile: String { keys + "/read-models.key" }

  /// The key of the read models' seals, which is made where there is none.
  ///
  /// - Throws: ``DataFolderError`` for a file that holds no key, and `TransparencyError`.
  public func readModelKey() throws -> ReadModelKey {
    if let bytes = try DurableFile.read(readModelKeyFile) {
      let text = String(decoding: bytes, as: UTF8.self)
      guard let key = Digest(hex: text.dropLast()).flatMap({ ReadModelKey($0.bytes) }) else {
        throw DataFolderError.damagedReadModelKey(path: readModelKeyFile)
      }
      return key
    }
    let bytes = randomBytes(Digest.byteCount)
    guard let digest = Digest(bytes), let key = ReadModelKey(bytes) else {
      preconditionFailure("a digest has 32 bytes, as a key has")
    }
    try DurableFile.replace(readModelKeyFile, with: Array("\(digest)\n".utf8), mode: 0o600)
    return key
  }
}
