// Evidence is stored sealed under its person's key: only with that key it is read again.

import Cryptography
import EventSourcing
import Foundation
import Gateways
import PersonalData
import Testing

struct `Sealed evidence` {
  private let folder = TemporaryFolder()
  private let keys = KeysInMemory()
  private let robin = Person("robin", of: acme)
  private let content = Array("the photo of Sandgate 7".utf8)

  private var header: EvidenceHeader {
    EvidenceHeader(person: robin, mediaType: "image/png", content: content)
  }

  private func evidence() throws -> SealedEvidence {
    SealedEvidence(
      store: try FolderEvidenceStore(folder: folder.path), vault: PersonalVault(inMemory: keys))
  }

  private func stored(_ key: Digest) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder.path)/\(key)")))
  }

  @Test func `comes back as it was, with its header`() throws {
    let evidence = try evidence()
    let key = try #require(try evidence.put(content, header, position: .first))
    guard case .content(content, header)? = try evidence.get(key, of: acme) else {
      Issue.record("the evidence is not what was put there")
      return
    }
    #expect(try evidence.header(key, of: acme) == header)
  }

  @Test func `has a header in clear and nothing else`() throws {
    let key = try #require(try evidence().put(content, header, position: .first))
    let bytes = try stored(key)
    let head = """
      redress-evidence/v1
      acme
      robin
      image/png
      23
      \(SHA256.hash(content))


      """
    #expect(bytes.starts(with: head.utf8))
    #expect(bytes.count == head.utf8.count + 12 + content.count + 16)
    #expect(SHA256.hash(bytes) == key)
    #expect(!String(decoding: bytes, as: UTF8.self).contains("Sandgate"))
  }

  @Test func `is not found by another tenant, nor under another key`() throws {
    let evidence = try evidence()
    let key = try #require(try evidence.put(content, header, position: .first))
    let other = TenantID(unchecked: "other")
    #expect(try evidence.header(key, of: other) == nil)
    #expect(try evidence.get(key, of: other) == nil)
    #expect(try evidence.get(SHA256.hash([]), of: acme) == nil)
  }

  @Test func `is erased with its person`() throws {
    let key = try #require(try evidence().put(content, header, position: .first))
    keys.erase(KeyErasure(person: robin, position: .first, fingerprint: nil))
    let evidence = try evidence()
    guard case .erased(header)? = try evidence.get(key, of: acme) else {
      Issue.record("the evidence was not erased")
      return
    }
    #expect(try evidence.put(content, header, position: .first) == nil)
  }

  @Test func `without its key is not taken for erased`() throws {
    let key = try #require(try evidence().put(content, header, position: .first))
    let restored = SealedEvidence(
      store: try FolderEvidenceStore(folder: folder.path),
      vault: PersonalVault(inMemory: KeysInMemory()))
    guard case .keyMissing(header)? = try restored.get(key, of: acme) else {
      Issue.record("the key is there")
      return
    }
  }

  @Test func `that was sealed under another key is damaged`() throws {
    let key = try #require(try evidence().put(content, header, position: .first))
    let bytes = try stored(key)
    // The same header before the ciphertext of other content.
    let other = try evidence().put(
      Array(content.reversed()), header, position: .first)
    let mixed = bytes.prefix(bytes.count - 30) + (try stored(#require(other))).suffix(30)
    let mixedKey = try FolderEvidenceStore(folder: folder.path).put(Array(mixed))
    #expect { try evidence().get(mixedKey, of: acme) } throws: {
      ($0 as? DamagedEvidence)?.path == "evidence \(mixedKey)"
    }
  }
}
