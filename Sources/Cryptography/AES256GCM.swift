// Authenticated encryption (NIST SP 800-38D) over libcrypto's EVP interface, in one form only:
//
//   nonce (12 random bytes) ‖ ciphertext (as long as the plain text) ‖ tag (16 bytes)
//
// What must hold: a nonce never serves twice under one key. Random ones are good for 2³²
// messages.

internal import CCrypto

/// Seals and opens short messages under keys of 32 bytes.
public enum AES256GCM {
  public static let keyByteCount = 32
  /// How much longer a sealed message is: nonce and tag.
  public static let overhead = nonceByteCount + tagByteCount

  private static let nonceByteCount = 12
  private static let tagByteCount = 16

  /// Encrypts a message and binds it to other bytes, which opening it requires.
  ///
  /// - Parameter random: where the nonce comes from; for simulations, which have to be repeatable.
  /// - Precondition: the key has 32 bytes.
  public static func seal(
    _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, binding context: [UInt8],
    random: (UnsafeMutableRawBufferPointer) -> Void = unsafe fillWithRandomBytes
  ) -> [UInt8] {
    var nonce = [UInt8](repeating: 0, count: nonceByteCount)
    unsafe nonce.withUnsafeMutableBytes { unsafe random($0) }
    var sealed = nonce
    sealed.append(contentsOf: repeatElement(0, count: message.count + tagByteCount))
    let cipher = Cipher()
    unsafe sealed.withUnsafeMutableBytes { sealed in
      let body = unsafe sealed.baseAddress!.advanced(by: nonceByteCount)
      let isSealed = unsafe cipher.seal(
        message, key: key, nonce: nonce, context: context, into: body,
        tag: body.advanced(by: message.count))
      precondition(isSealed, "libcrypto: AES-256-GCM failed")
    }
    return sealed
  }

  public static func seal(
    _ message: [UInt8], key: UnsafeRawBufferPointer, binding context: [UInt8],
    random: (UnsafeMutableRawBufferPointer) -> Void = unsafe fillWithRandomBytes
  ) -> [UInt8] {
    unsafe message.withUnsafeBytes {
      unsafe seal($0, key: key, binding: context, random: random)
    }
  }

  /// Decrypts what ``seal(_:key:binding:)`` made.
  ///
  /// - Returns: `nil` unless it was sealed under this key and with these other bytes.
  public static func open(
    _ sealed: [UInt8], key: UnsafeRawBufferPointer, binding context: [UInt8]
  ) -> [UInt8]? {
    guard sealed.count >= overhead else { return nil }
    var message = [UInt8](repeating: 0, count: sealed.count - overhead)
    let isOpened = unsafe message.withUnsafeMutableBytes {
      unsafe open(sealed, key: key, binding: context, into: $0)
    }
    return isOpened ? message : nil
  }

  /// Decrypts into memory of the caller's, which has exactly the message's length.
  ///
  /// - Returns: whether it was sealed under this key and with these other bytes; otherwise the
  ///   memory holds zeros.
  public static func open(
    _ sealed: [UInt8], key: UnsafeRawBufferPointer, binding context: [UInt8],
    into message: UnsafeMutableRawBufferPointer
  ) -> Bool {
    guard sealed.count == overhead + message.count else { return false }
    let cipher = Cipher()
    let isOpened = unsafe sealed.withUnsafeBytes { sealed in
      let start = sealed.baseAddress!
      let body = unsafe UnsafeRawBufferPointer(
        start: start.advanced(by: nonceByteCount), count: message.count)
      return unsafe cipher.open(
        body, key: key, nonce: start, context: context,
        tag: body.baseAddress!.advanced(by: body.count),
        into: message.baseAddress)
    }
    if !isOpened { unsafe message.initializeMemory(as: UInt8.self, repeating: 0) }
    return isOpened
  }

  /// libcrypto's context for one message. Freeing it overwrites the key's schedule.
  @safe private struct Cipher: ~Copyable {
    private let context: OpaquePointer

    init() {
      guard let context = unsafe EVP_CIPHER_CTX_new() else {
        preconditionFailure("libcrypto: out of memory")
      }
      unsafe self.context = unsafe context
    }

    deinit { unsafe EVP_CIPHER_CTX_free(context) }

    func seal(
      _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, nonce: [UInt8],
      context bound: [UInt8], into body: UnsafeMutableRawPointer, tag: UnsafeMutableRawPointer
    ) -> Bool {
      precondition(key.count == keyByteCount, "a key has 32 bytes")
      var count: Int32 = 0
      guard
        unsafe EVP_EncryptInit_ex(
          context, algorithm, nil, key.assumingMemoryBound(to: UInt8.self).baseAddress, nonce) == 1,
        unsafe EVP_EncryptUpdate(context, nil, &count, bound, Int32(bound.count)) == 1,
        unsafe message.isEmpty
          || EVP_EncryptUpdate(
            context, body.assumingMemoryBound(to: UInt8.self), &count,
            message.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(message.count)) == 1,
        unsafe EVP_EncryptFinal_ex(context, tag.assumingMemoryBound(to: UInt8.self), &count) == 1
      else { return false }
      return unsafe EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), tag) == 1
    }

    func open(
      _ body: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, nonce: UnsafeRawPointer,
      context bound: [UInt8], tag: UnsafeRawPointer, into message: UnsafeMutableRawPointer?
    ) -> Bool {
      precondition(key.count == keyByteCount, "a key has 32 bytes")
      var count: Int32 = 0
      var rest: (UInt64, UInt64) = (0, 0)
      defer { ERR_clear_error() }
      guard
        unsafe EVP_DecryptInit_ex(
          context, algorithm, nil, key.assumingMemoryBound(to: UInt8.self).baseAddress,
          nonce.assumingMemoryBound(to: UInt8.self)) == 1,
        unsafe EVP_DecryptUpdate(context, nil, &count, bound, Int32(bound.count)) == 1,
        unsafe body.isEmpty
          || EVP_DecryptUpdate(
            context, message?.assumingMemoryBound(to: UInt8.self), &count,
            body.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(body.count)) == 1,
        unsafe EVP_CIPHER_CTX_ctrl(
          context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount),
          UnsafeMutableRawPointer(mutating: tag))
          == 1
      else { return false }
      return unsafe withUnsafeMutableBytes(of: &rest) {
        unsafe EVP_DecryptFinal_ex(
          context, $0.assumingMemoryBound(to: UInt8.self).baseAddress, &count) == 1
      }
    }
  }

  /// Fetched once: looking it up costs as much as a short message.
  @safe private struct Algorithm: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private static let fetched = {
    guard let pointer = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
      preconditionFailure("libcrypto has no AES-256-GCM")
    }
    return unsafe Algorithm(pointer: pointer)
  }()

  private static var algorithm: OpaquePointer { unsafe fetched.pointer }
}
