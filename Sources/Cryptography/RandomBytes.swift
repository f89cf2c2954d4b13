// The only randomness for keys, tokens and nonces.

internal import CCrypto

/// Bytes that nobody can guess, from libcrypto's generator.
public func randomBytes(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  let result = unsafe bytes.withUnsafeMutableBytes {
    unsafe RAND_bytes($0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(count))
  }
  precondition(result == 1, "libcrypto has no randomness to give")
  return bytes
}
