// Signed notes and vkeys against known ones, and against every change of a byte.

import Cryptography
import Testing
import Transparency

struct `An Ed25519 key` {
  /// RFC 8032, section 7.1, tests 1 to 3.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", [],
      """
      e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
      5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
      """
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", [0x72],
      """
      92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
      085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
      """
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", [0xaf, 0x82],
      """
      6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
      18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
      """
    ),
  ])
  func `signs as RFC 8032 says`(
    seed: String, publicKey: String, message: [UInt8], signature: String
  ) throws {
    let key = try #require(Ed25519.PrivateKey(seed: hex(seed)))
    #expect(key.publicKey.bytes == hex(publicKey))
    #expect(key.sign(message) == hex(signature))
    #expect(key.publicKey.isValid(hex(signature), for: message))
    #expect(!key.publicKey.isValid(hex(signature), for: message + [0]))
    #expect(!key.publicKey.isValid([], for: message))
    #expect(!otherKey.publicKey.isValid(hex(signature), for: message))
  }

  @Test func `is distinct from others, and keeps its secret when printed`() throws {
    #expect(Ed25519.PrivateKey.generate() != .generate())
    #expect(Ed25519.PrivateKey(seed: [1]) == nil)
    #expect(Ed25519.PublicKey([1]) == nil)
    #expect("\(sampleKey)" == "Ed25519 private key")
    var dumped = ""
    dump(sampleKey, to: &dumped)
    #expect(!dumped.contains("31"))
    let nowhere = try #require(Ed25519.PublicKey(Array(repeating: 0xff, count: 32)))
    #expect(!nowhere.isValid(sampleKey.sign([1]), for: [1]))
  }

  private func hex(_ text: String) -> [UInt8] {
    stride(from: 0, to: text.utf8.count, by: 2).map { start in
      UInt8(text.dropFirst(start).prefix(2), radix: 16) ?? 0
    }
  }
}

/// From the documentation of golang.org/x/mod/sumdb/note.
private let neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
private let neumannNote = """
  If you think cryptography is the answer to your problem,
  then you don't know what your problem is.

  — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf\
  qdngotpRZb6KE6RyyBwJnAM=

  """

struct `A vkey` {
  @Test func `is read and written as others do`() throws {
    let key = try VerifierKey(vkey: neumann)
    #expect(key.name == "PeterNeumann")
    #expect(key.id == 0xc74f_20a3)
    #expect(key.vkey == neumann)
    #expect(throws: Never.self) {
      try SignedNote(Array(neumannNote.utf8)).verify(with: [key])
    }
  }

  @Test func `with any character changed is refused or another key`() throws {
    let key = try VerifierKey(vkey: neumann)
    let bytes = Array(neumann.utf8)
    for place in bytes.indices {
      for byte in 0x20..<0x7f where byte != bytes[place] {
        var changed = bytes
        changed[place] = UInt8(byte)
        let text = String(decoding: changed, as: UTF8.self)
        // The key id covers name and key, so no single change goes unnoticed.
        #expect(throws: FormatError.self, "\(text)") { try VerifierKey(vkey: text) }
      }
    }
    #expect(key.publicKey.bytes.count == 32)
  }

  @Test(arguments: ["", "+", "++", "a+b", "a+00000000+", "a b+00000000+AA==", "a+0+AA==\n"])
  func `of another form is refused`(text: String) {
    #expect(throws: FormatError.self) { try VerifierKey(vkey: text) }
  }
}

struct `A signed note` {
  private let alice = SigningKey(name: "alice.example", privateKey: sampleKey)
  private let bob = SigningKey(name: "bob.example", privateKey: otherKey)

  @Test func `comes back as it was written, signed by several`() throws {
    let note = SignedNote(text: "first\n\nsecond ✓\n", signedBy: [alice, bob])
    let read = try SignedNote(note.bytes)
    #expect(read == note)
    #expect(read.bytes == note.bytes)
    #expect(try read.verify(with: [alice.verifier, bob.verifier]).map(\.name).count == 2)
    // Signatures of unknown keys are ignored.
    #expect(try read.verify(with: [bob.verifier]) == [bob.verifier])
  }

  @Test func `with any bit flipped is refused`() throws {
    let note = SignedNote(text: "some text\n", signedBy: [alice])
    let bytes = note.bytes
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(throws: (any Error).self, "byte \(place), bit \(bit)") {
          try SignedNote(changed).verify(with: [alice.verifier])
        }
      }
      #expect(throws: (any Error).self) {
        try SignedNote(Array(bytes[..<place])).verify(with: [alice.verifier])
      }
    }
  }

  @Test func `is refused for a wrong signature of a known key, though another is right`() throws {
    var text = String(decoding: SignedNote(text: "a\n", signedBy: [alice]).bytes, as: UTF8.self)
    let other = String(decoding: SignedNote(text: "b\n", signedBy: [bob]).bytes, as: UTF8.self)
    text += other.split(separator: "\n").last.map { "\($0)\n" } ?? ""
    let note = try SignedNote(Array(text.utf8))
    #expect(try note.verify(with: [alice.verifier]) == [alice.verifier])
    #expect(throws: NoteError.wrongSignature(name: "bob.example")) {
      try note.verify(with: [alice.verifier, bob.verifier])
    }
  }

  @Test func `is refused without a known key, though name or id are the same`() throws {
    let note = SignedNote(text: "a\n", signedBy: [alice])
    let sameName = VerifierKey(name: "alice.example", publicKey: otherKey.publicKey)
    let sameKey = VerifierKey(name: "alice.other", publicKey: sampleKey.publicKey)
    #expect(throws: NoteError.self) { try note.verify(with: []) }
    #expect(throws: NoteError.self) { try note.verify(with: [sameName, sameKey]) }
  }

  @Test(arguments: [
    ("", 0), ("text\n", 0), ("text\n\n", 3), ("text\n\n— a AAAAAAA=", 0),
    ("text\n— a AAAAAAA=\n", 0), ("text\n\n- a AAAAAAA=\n", 3), ("text\n\n— a  AAAAAAA=\n", 3),
    ("text\n\n— a AAAA\n", 3), ("text\n\n— a AAAAAAA\n", 3), ("text\n\n— a AAAAAAB=\n", 3),
    ("text\n\n—  AAAAAAA=\n", 3), ("text\n\n— a+b AAAAAAA=\n", 3),
    ("te\txt\n\n— a AAAAAAA=\n", 1),
    ("text\n\n— a AAAAAAA=\r\n", 3), ("text\n\n— a\u{a0}b AAAAAAA=\n", 3),
    ("text\n\n— a AAAAAAA=\n— b AAAAAAA= \n", 4),
  ])
  func `of another form is refused with the line`(text: String, line: Int) {
    let error = #expect(throws: FormatError.self) { try SignedNote(Array(text.utf8)) }
    #expect(error?.line == line)
  }

  @Test func `has limits`() throws {
    let line = "— a AAAAAAA=\n"
    let most = "text\n\n" + String(repeating: line, count: SignedNote.signatureCountLimit)
    #expect(throws: Never.self) { try SignedNote(Array(most.utf8)) }
    #expect(throws: FormatError.self) { try SignedNote(Array((most + line).utf8)) }
    let long = String(repeating: "x", count: SignedNote.byteCountLimit)
    #expect(throws: FormatError.self) { try SignedNote(Array("\(long)\n\n\(line)".utf8)) }
    #expect(throws: FormatError.self) { try SignedNote([0xff, 0x0a, 0x0a] + Array(line.utf8)) }
  }
}
