import EventSourcing
import Foundation
import PersonalData
import SQLite
import Testing

private let acme = TenantID(unchecked: "acme")
private let place = PersonalPlace(
  tenant: acme, stream: StreamName("customer/robin"), revision: .first, field: "email")

struct `The folder of personal keys` {
  private func withFolder(_ body: (PersonalKeyFolder) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "keys-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(PersonalKeyFolder(path: path))
  }

  private func open(_ folder: PersonalKeyFolder) throws -> PersonalVault {
    try folder.open(needsKeys: { false }).vault
  }

  private func sealed(_ count: Int, with vault: PersonalVault) throws -> [(Person, String)] {
    let texts = try (0..<count).map { number in
      let person = Person("p\(number)", of: acme)
      return (person, try vault.seal("text", of: person, at: place, position: .first))
    }
    try vault.makeDurable()
    return texts
  }

  private func isReadable(_ texts: [(Person, String)], by vault: PersonalVault) throws -> Bool {
    try texts.allSatisfy { person, text in
      try vault.read(text, of: person, at: place, position: .first) == .opened("text")
    }
  }

  @Test func `keeps keys for the next start, and for their owner only`() throws {
    try withFolder { folder in
      let texts = try sealed(100, with: open(folder))
      #expect(try isReadable(texts, by: open(folder)))
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let rights = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
        #expect(rights[.posixPermissions] as? Int == 0o600, "\(name)")
      }
      let rights = try FileManager.default.attributesOfItem(atPath: folder.path)
      #expect(rights[.posixPermissions] as? Int == 0o700)
    }
  }

  @Test func `drops a key that no line uses, for it was never durable`() throws {
    try withFolder { folder in
      let robin = Person("robin", of: acme)
      do { _ = try open(folder).seal("text", of: robin, at: place, position: .first) }
      #expect(try open(folder).fingerprint(of: robin) == nil)
    }
  }

  @Test func `that is not there although the log needs it is not made anew`() throws {
    try withFolder { folder in
      #expect(throws: PersonalDataError.keysLost(path: folder.path)) {
        try folder.open(needsKeys: { true })
      }
      _ = try open(folder)
      try FileManager.default.removeItem(atPath: folder.path + "/keys.sqlite")
      #expect(throws: PersonalDataError.keysLost(path: folder.path)) {
        try folder.open(needsKeys: { true })
      }
      _ = try open(folder)
      try FileManager.default.removeItem(atPath: folder.path + "/master-00001.key")
      #expect(throws: PersonalDataError.keysLost(path: folder.path)) { try open(folder) }
    }
  }

  @Test func `gets a new master key, and every personal key stays what it was`() throws {
    try withFolder { folder in
      let texts = try sealed(100, with: open(folder))
      let old = try Data(contentsOf: URL(filePath: folder.path + "/master-00001.key"))
      try folder.rotate()
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/master-00001.key"))
      #expect(try isReadable(texts, by: open(folder)))
      // The old one opens nothing any more.
      try FileManager.default.removeItem(atPath: folder.path + "/master-00002.key")
      let path = folder.path + "/master-00001.key"
      try old.write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      let vault = try open(folder)
      #expect(throws: PersonalDataError.self) { try vault.fingerprint(of: texts[0].0) }
    }
  }

  @Test func `keeps what shops share under the master key, each under its own name`() throws {
    try withFolder { folder in
      #expect(throws: PersonalDataError.self) {
        try folder.keep(Array("early".utf8), as: .webhook, of: acme)
      }
      _ = try open(folder)
      let other = TenantID(unchecked: "other")
      #expect(try folder.secret(.webhook, of: acme) == nil)
      try folder.keep(Array("one".utf8), as: .webhook, of: acme)
      try folder.keep(Array("two".utf8), as: .webhook, of: acme)
      try folder.keep(Array("token".utf8), as: .accessToken, of: acme)
      func isRight() throws -> Bool {
        try folder.secret(.webhook, of: acme) == Array("two".utf8)
          && folder.secret(.accessToken, of: acme) == Array("token".utf8)
          && folder.secret(.webhook, of: other) == nil
      }
      #expect(try isRight())
      let path = folder.path(of: .webhook, of: acme)
      let sealed = try Data(contentsOf: URL(filePath: path))
      #expect(sealed.range(of: Data("two".utf8)) == nil)
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try folder.rotate()
      #expect(try isRight())
      // What the old master key sealed opens no more, nor does what was sealed for another person.
      try sealed.write(to: URL(filePath: path))
      #expect(throws: PersonalDataError.self) { try folder.secret(.webhook, of: acme) }
      // Neither rotating again nor opening the keys fails because of it.
      try folder.rotate()
      _ = try open(folder)
      #expect(throws: PersonalDataError.self) { try folder.secret(.webhook, of: acme) }
      #expect(try folder.secret(.accessToken, of: acme) == Array("token".utf8))
      try Data(contentsOf: URL(filePath: folder.path(of: .accessToken, of: acme)))
        .write(to: URL(filePath: path))
      #expect(throws: PersonalDataError.self) { try folder.secret(.webhook, of: acme) }
    }
  }

  @Test func `continues a rotation that a crash cut short at any step`() throws {
    try withFolder { folder in
      let texts = try sealed(20, with: open(folder))
      // After the first step: both master keys, nothing wrapped anew.
      let old = try Data(contentsOf: URL(filePath: folder.path + "/master-00001.key"))
      try folder.rotate()
      let new = try Data(contentsOf: URL(filePath: folder.path + "/master-00002.key"))
      let done = try Data(contentsOf: URL(filePath: folder.path + "/keys.sqlite"))
      // After the last but one: everything wrapped anew, and the old master key still there.
      let path = folder.path + "/master-00001.key"
      try old.write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      #expect(try isReadable(texts, by: #require(try folder.openForReading()).vault))
      #expect(try isReadable(texts, by: open(folder)))
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(new.count == old.count && !done.isEmpty)
    }
    try withFolder { folder in
      let texts = try sealed(20, with: open(folder))
      let path = folder.path + "/master-00002.key"
      try Data((String(repeating: "ab", count: 32) + "\n").utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      #expect(try isReadable(texts, by: #require(try folder.openForReading()).vault))
      #expect(try isReadable(texts, by: open(folder)))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/master-00001.key"))
      #expect(try isReadable(texts, by: open(folder)))
    }
  }

  @Test func `is copied as it is at that moment, in place of an earlier copy`() throws {
    try withFolder { folder in
      try withFolder { copy in
        let vault = try open(folder)
        let texts = try sealed(10, with: vault)
        try folder.copy(to: copy)
        #expect(try isReadable(texts, by: open(copy)))
        let gone = texts[3].0
        try vault.destroy(
          KeyErasure(
            person: gone, position: Position(5), fingerprint: vault.fingerprint(of: gone)))
        try folder.copy(to: copy)
        #expect(try #require(try copy.openForReading()).vault.fingerprint(of: gone) == nil)
        #expect(
          try #require(try copy.openForReading()).store.counts()
            == [KeyCount(tenant: acme, keys: 9, erased: 1)])
      }
    }
  }

  @Test func `that others may read is not used`() throws {
    try withFolder { folder in
      _ = try open(folder)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o640], ofItemAtPath: folder.path + "/master-00001.key")
      #expect(throws: PersonalDataError.self) { try open(folder) }
    }
  }
}
