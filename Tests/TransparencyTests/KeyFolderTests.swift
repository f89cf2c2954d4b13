// Keys on disk: made once, readable by their owner only, never lost by rotation.

import Cryptography
import Foundation
import Testing
import Transparency

struct `A folder of keys` {
  private let temporary: TemporaryFolder
  private let folder: KeyFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = KeyFolder(path: temporary.path + "/keys")
  }

  @Test func `makes its first key, for its owner alone, and keeps it`() throws {
    let keys = try folder.open()
    #expect(keys.retired == [])
    #expect(try folder.open().current == keys.current)
    #expect(temporary.files == ["keys/checkpoint-00001.key"])
    #expect(try mode("keys") == 0o700)
    #expect(try mode("keys/checkpoint-00001.key") == 0o600)
    let vkey = keys.verifierKeys(origin: "redress.example/acme").map(\.vkey)
    #expect(vkey.count == 1 && vkey[0].hasPrefix("redress.example/acme+"))
  }

  @Test func `rotates and still verifies what every key signed`() throws {
    var all = [try folder.open().current]
    for number in 2...4 {
      let keys = try folder.rotate()
      #expect(!all.contains(keys.current))
      #expect(keys.retired == all.reversed().map(\.publicKey))
      all.append(keys.current)
      let retired = (1..<number).map { "keys/checkpoint-0000\($0).pub" }
      #expect(temporary.files == (retired + ["keys/checkpoint-0000\(number).key"]).sorted())
    }
    #expect(try folder.open().current == all[3])
  }

  @Test func `loses no key when a rotation is interrupted`() throws {
    let first = try folder.open().current
    let before = try temporary.read("keys/checkpoint-00001.key")
    let second = try folder.rotate().current
    // As a crash before the last step leaves it, and half a temporary file besides.
    try temporary.write(before, to: "keys/checkpoint-00001.key")
    try temporary.write([1, 2], to: "keys/.checkpoint-00003.key.tmp")
    for name in ["checkpoint-00001.key", ".checkpoint-00003.key.tmp"] { try chmod("keys/\(name)") }
    let keys = try folder.open()
    #expect(keys.current == second && keys.retired == [first.publicKey])
    let third = try folder.rotate()
    #expect(third.retired == [second.publicKey, first.publicKey])
    #expect(
      temporary.files == [
        "keys/checkpoint-00001.pub", "keys/checkpoint-00002.pub", "keys/checkpoint-00003.key",
      ])
  }

  @Test(arguments: [("keys", 0o750), ("keys", 0o701), ("keys/checkpoint-00001.key", 0o640)])
  func `is refused when others can use it`(name: String, mode: Int) throws {
    _ = try folder.open()
    try chmod(name, mode)
    let error = #expect(throws: KeyFolderError.self) { try folder.open() }
    let text = error?.description ?? ""
    #expect(text.contains("0\(String(mode, radix: 8))"))
    #expect(text.contains("chmod 0\(name == "keys" ? "700" : "600") \(temporary.path)/\(name)"))
    #expect(throws: KeyFolderError.self) { try folder.rotate() }
    try chmod(name, name == "keys" ? 0o500 : 0o400)
    #expect(throws: Never.self) { try folder.open() }
    try chmod("keys", 0o700)
  }

  @Test func `refuses damaged keys, and never makes a new one in place of a lost one`() throws {
    _ = try folder.open()
    let bytes = try temporary.read("keys/checkpoint-00001.key")
    for changed in [[], Array(bytes.dropLast()), bytes + [10]] {
      try temporary.write(changed, to: "keys/checkpoint-00001.key")
      try chmod("keys/checkpoint-00001.key")
      #expect(throws: KeyFolderError.self) { try folder.open() }
    }
    try temporary.write(bytes, to: "keys/checkpoint-00001.key")
    try chmod("keys/checkpoint-00001.key")
    _ = try folder.rotate()
    try FileManager.default.removeItem(atPath: temporary.path + "/keys/checkpoint-00002.key")
    #expect(
      throws: KeyFolderError.noPrivateKey(path: temporary.path + "/keys/checkpoint-00001.pub")
    ) { try folder.open() }
  }

  @Test func `is not rotated without a key, and gets none`() throws {
    #expect(throws: KeyFolderError.self) { try KeyFolder(path: folder.path + "-none").rotate() }
    #expect(temporary.files == [])
  }

  @Test func `ignores files that are no keys`() throws {
    let key = try folder.open().current
    for name in ["master.key", "keys.sqlite", "checkpoint-2.key", "checkpoint-00002.key~"] {
      try temporary.write([1], to: "keys/\(name)")
    }
    #expect(try folder.open().current == key)
  }

  private func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(temporary.path)/\(name)")
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }

  private func chmod(_ name: String, _ mode: Int = 0o600) throws {
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: "\(temporary.path)/\(name)")
  }
}
