// RSA signatures of another program, under both paddings, and what must not pass for one.

import Cryptography
import Dispatch
import Synchronization
import Testing

struct `An RSA signature` {
  private let message = Array("sample".utf8)

  @Test func `is valid for its message under its padding, and otherwise not`() throws {
    let key = try key()
    for (signature, padding) in [(pkcs1, RSA.Padding.pkcs1), (pss, .pss)] {
      let signature = try #require(Base64URL.decode(signature.utf8))
      #expect(key.isValid(signature, for: message, padding: padding))
      #expect(!key.isValid(signature, for: message, padding: padding == .pss ? .pkcs1 : .pss))
      #expect(!key.isValid(signature, for: message + [0], padding: padding))
      for index in signature.indices {
        var other = signature
        other[index] ^= 0x10
        #expect(!key.isValid(other, for: message, padding: padding))
      }
      for other in [[], Array(signature.dropLast()), signature + [0], [0] + signature] {
        #expect(!key.isValid(other, for: message, padding: padding))
      }
    }
  }

  @Test(arguments: [
    ("a salt of 20 bytes", pssWithSaltOf20), ("no salt", pssWithoutSalt),
    ("MGF1 with SHA-1", pssWithMaskBySHA1),
  ])
  func `of PSS is refused with other parameters`(name: String, signature: String) throws {
    let signature = try #require(Base64URL.decode(signature.utf8))
    #expect(try !key().isValid(signature, for: message, padding: .pss), "\(name)")
  }

  @Test func `of PKCS #1 is refused with SHA-1`() throws {
    let signature = try #require(Base64URL.decode(pkcs1WithSHA1.utf8))
    #expect(try !key().isValid(signature, for: message, padding: .pkcs1))
  }

  @Test func `needs a key in the ranges`() throws {
    let modulus = try #require(Base64URL.decode(modulus.utf8))
    let exponent: [UInt8] = [1, 0, 1]
    #expect(try RSA.PublicKey(modulus: [0] + modulus, exponent: exponent).signatureByteCount == 256)
    #expect(throws: RSA.KeyError.modulusBitCount(2047)) {
      try RSA.PublicKey(modulus: [0x7F] + modulus.dropFirst(), exponent: exponent)
    }
    #expect(
      try RSA.PublicKey(modulus: [1] + modulus, exponent: exponent).signatureByteCount == 257)
    #expect(throws: RSA.KeyError.modulusBitCount(8193)) {
      try RSA.PublicKey(modulus: [1] + modulus + modulus + modulus + modulus, exponent: exponent)
    }
    #expect(throws: RSA.KeyError.modulusBitCount(0)) {
      try RSA.PublicKey(modulus: [], exponent: exponent)
    }
    #expect(throws: RSA.KeyError.evenModulus) {
      try RSA.PublicKey(modulus: modulus.dropLast() + [2], exponent: exponent)
    }
    for exponent: [UInt8] in [[], [0], [1], [2], [1, 0, 0], [1] + [UInt8](repeating: 1, count: 8)] {
      #expect(throws: RSA.KeyError.exponent) {
        try RSA.PublicKey(modulus: modulus, exponent: exponent)
      }
    }
    for exponent: [UInt8] in [[3], [0, 3], [UInt8](repeating: 0xFF, count: 8)] {
      #expect(throws: Never.self) {
        _ = try RSA.PublicKey(modulus: modulus, exponent: exponent)
      }
    }
  }

  @Test func `is verified by several threads under one key`() throws {
    let key = try key()
    let pkcs1 = try #require(Base64URL.decode(pkcs1.utf8))
    let pss = try #require(Base64URL.decode(pss.utf8))
    let rightCount = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 400) { round in
      let (signature, padding) = round % 2 == 0 ? (pkcs1, RSA.Padding.pkcs1) : (pss, .pss)
      let isRight =
        key.isValid(signature, for: message, padding: padding)
        && !key.isValid(signature, for: message + [1], padding: padding)
      rightCount.withLock { $0 += isRight ? 1 : 0 }
    }
    #expect(rightCount.withLock { $0 } == 400)
  }

  private func key() throws -> RSA.PublicKey {
    try RSA.PublicKey(
      modulus: try #require(Base64URL.decode(modulus.utf8)), exponent: [1, 0, 1])
  }
}

// A key of 2048 bits whose private half is not kept, and its signatures of "sample", made with the
// Python package cryptography 48.

private let modulus =
  "u5DhriNGWNKr4aPxr1edJtaZzAcsTHffdB5uo6QmtREqDG_mTq5rQ9wFQGOznljQoF3_gfanv_BlF47U4PGa"
  + "LNeKQdzT61yPfV6lV6Qyc3Ph3iHeneJy_xtAVpYmbAfngccC_DPRYjlzWiGKOzv0ENNPt3e_85XE1-NBHs_Q"
  + "LlMYmLXlvsqNmXCY7UhNY7mNK23DYPe_zkVAO2NVIu1h9wyoO61SON5RC8lniYSuOc2vgfpvQzwH54HNWVox"
  + "WSpDZpqUSA8BdJtP4ddCfUC4POxtkZEuJ88JnFMr6VYBpiM0ACE-eORTrvWkLa3ibrsLTnXAkyXVx1gp_lxP"
  + "wv_8lQ"

private let pkcs1 =
  "U9Wi9cE2vG6gdQ_IXmx09cY-KldXLI7MnjBfCth3PDsfHcTC32x2UfWoNRLXLrEF6HEGbNB14cvgIAtJr2KO"
  + "EGqVeQh6h9oVZgYg4vWCt2_Devmp5rpZyBAFzO72PQ2ldhsVZ45mY9bmUTvmZ6v48kuHHtZDgIJIFFubTIbg"
  + "LbTRgHvIdyj6KMwreLd8wxcj8ln9tn7d-IOLw_glMFSAv59WtwPyEbbJxkGGt6dwXhRUOFZYiMYtrvBudaUv"
  + "pDtifuHHEloeh2ur88O9gDArzp7KIImPP8vX2CA7TT_8sk6rLE9bhTEpAEWGQQXmOn2Y3IOqinv_cKubSmad"
  + "SSg3lA"

private let pss =
  "Bfpu28gOO6ozjI6WydtJHGpIpdOeFDWGmA3OOLdwGeAsUTmMG0amkMK7LaD_XPfumMbJuSDiq33aq3uYsvck"
  + "BnLWLNbJt4xEX8RFVTKbtFBTrN2EqCbmSWnvIzxe9WqtFve3EvKVsjieZeIAPMFKXOE8d7cj6dwASyUO0up-"
  + "REAZd-LVXLNmETmIgZs-clABKbOFgC3za47nBJoqobCW5tpDsNZYbARVq2NjQCNCNjfmmXwy8h42VbhKxUbz"
  + "0R4SvhAJWzPyhYXR5vjAGdh055eqqu9ipTT8gY_CjgWR7f9kNDeZJJFuDyh9p5g1cMbTlvqGsJBl0UayB4Qj"
  + "SNnKKQ"

private let pssWithSaltOf20 =
  "inCyL4C4jNYL-8aWaj3kJOl661PJOoTuRjd3upBrkzgxByBG06JF_Yaa-eygmOv4hWkmaSOqvhZe1Y-_35jf"
  + "dSpELeOrdjVegXXKxQ-F3O8pRcmxDG4YGKPQS3aZ5vBIoqHIIs-qn2WelDKxBsX3UDB6R8fPu1jIJmMdt2er"
  + "6M44OORVkAGxDlYSLUmJaMXRDqVLAx0wV6FC7e_yYkUgtU-5LkNbvT-qiP6ch9nS8tOmIlT0LMJa8kaQJCln"
  + "PSZH6u0mVm7bmTz3lHWSX2StENfcv2IXg-SV6ONTme0fM4xPhSUlPgjGl5v-gyxlF3qkKuwvsaE7mvUxcWuU"
  + "AJmyhA"

private let pssWithoutSalt =
  "Xfbr1nHi3E2UtA3qw3RecT0PZCKzsSzT7A4Nq8efs7KKoMCYafBek08bc6EtLh2JZQL8ZWHs-AQYx2Xg9_u3"
  + "K2uM46PErh4ALuguvWq4ToTsY_5wD26MbtCsk9-iDoiX3cXd65nos_iqXz8ROAsN6FI_9m63VZZbRNotpB66"
  + "Q6z5Gni7JX6zh-Fum_4jge3tQywA8iHN45_FHPxunrO7EYF78FmY15PrkDlcj2b4SR75DRSCjkUe4IuysnCO"
  + "IgedPsiHF_uWkEg5j7IFPnu6Oy8iOeBnNFYTXmujmtgBDtOqtEdHUsFldkAL4mH9NHdxG7vpsyiAX7Z83J2e"
  + "KXaXcA"

private let pssWithMaskBySHA1 =
  "FbruB_3WA0Dfpn62Lwn2sg7-NpgaC-tqA2HCyCYMVjuuZ07SLXujcDj-Hp7-XT_AtUrHeGzo4H7EQ47_gMuh"
  + "UwoJmVD_A9mXCbk8gg5qSd2e3KOttuI4nBk-5LFOIun5_6MVljk4Lji3oZNRDH5Mq-VxHbrbTSfyea1__6wZ"
  + "78jgpFth9MzxEWAZN_x9Royg87J_UmkwQ6acUiT_iVlT0mMI3jVnl8jJEWYIFVtIAp_KtyjUZ2pU1HaXvH4w"
  + "MRLt1FN3J_dWUTTnacPuHAPYNSEaz7RmIDkNJc3TuvIge9a-GrVposBzxpV9fBk6Fm1jRUwoTfyfOjwkmWtd"
  + "JHXawA"

private let pkcs1WithSHA1 =
  "VwXbEK3z2EncKH1Dfb0gIncbYJUzMM7RXtYJc8UGzlQX-e6YgW8v_zZwwSS4naj_f8ANkDasAXEdYyx35RjW"
  + "g0gPSJA_eqWmifzLO-JVMXHKOapIzf7FS7TIrkdQPGFy9t3de16anfWgiGHOlJ94SUF21LxUlHYRm7RjvFMX"
  + "uLe2wTauEbTtGGO8UlCqepLrohnYUQDg5o3tJ2hVIHM8F6eWdyuFfVHPKV3NjSjkF5aG-V0HJWwSLXply0ET"
  + "4I8tt_m9h7416tH05w1QvGSxv0k7wOwoMJlIaZMaXuJV-7_WEZyUzoZp3ruXapjFpA5GiRf8JnmTzqV5JTXV"
  + "w56yEQ"
