// Public keys as libcrypto's objects, and what verifies a signature under one.
//
// What must hold: a refused signature leaves no error in the thread's queue.

internal import CCrypto

/// A public key that is read once and serves every verification.
@safe final class VerifyingKey: @unchecked Sendable {
  // Safe: nothing changes the object after `init`, and threads may share it (openssl-threads(7)).
  private let key: OpaquePointer

  /// Reads a SubjectPublicKeyInfo (RFC 5280, section 4.1).
  ///
  /// - Returns: `nil` where libcrypto refuses it, such as for a point that is not on its curve.
  init?(der: [UInt8]) {
    defer { ERR_clear_error() }
    let key = unsafe der.withUnsafeBufferPointer { bytes in
      var next = bytes.baseAddress
      return unsafe d2i_PUBKEY(nil, &next, bytes.count)
    }
    guard let key = unsafe key else { return nil }
    unsafe self.key = unsafe key
  }

  deinit { unsafe EVP_PKEY_free(key) }

  /// Whether a signature is of the SHA-256 of this message.
  ///
  /// - Parameter padding: of an RSA key; no other key has one.
  func isValid(_ signature: [UInt8], for message: [UInt8], padding: RSA.Padding? = nil) -> Bool {
    unsafe isValidSignature(
      signature, for: message, under: key, hash: EVP_sha256(), padding: padding)
  }
}

/// - Parameter hash: `nil` where the signature scheme has its own, as Ed25519 does.
func isValidSignature(
  _ signature: [UInt8], for message: [UInt8], under key: OpaquePointer, hash: OpaquePointer?,
  padding: RSA.Padding? = nil
) -> Bool {
  guard let context = unsafe EVP_MD_CTX_new() else {
    preconditionFailure("libcrypto: out of memory")
  }
  defer {
    unsafe EVP_MD_CTX_free(context)
    ERR_clear_error()
  }
  // Belongs to the context.
  var settings: OpaquePointer?
  guard unsafe EVP_DigestVerifyInit(context, &settings, hash, nil, key) == 1,
    unsafe set(padding, in: settings)
  else { return false }
  return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
}

private func set(_ padding: RSA.Padding?, in settings: OpaquePointer?) -> Bool {
  switch padding {
  case nil: true
  case .pkcs1: unsafe EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PADDING) == 1
  case .pss:
    unsafe EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1
      && EVP_PKEY_CTX_set_rsa_mgf1_md(settings, EVP_sha256()) == 1
      && EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, Int32(Digest.byteCount)) == 1
  }
}
