// The only randomness for keys, tokens and nonces: libcrypto's generator.

internal import CCrypto
import Synchronization

/// Unpredictable bytes.
public func randomBytes(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  unsafe bytes.withUnsafeMutableBytes { unsafe draw(into: $0) }
  return bytes
}

/// Fills memory with unpredictable bytes.
///
/// A key or a nonce comes from a portion that was drawn before: calling the generator costs more
/// than encrypting a short text does.
public func fillWithRandomBytes(_ bytes: UnsafeMutableRawBufferPointer) {
  if bytes.count <= RandomPortion.shareByteCountMax {
    portion.withLock { unsafe $0.take(bytes) }
  } else {
    unsafe draw(into: bytes)
  }
}

private func draw(into bytes: UnsafeMutableRawBufferPointer) {
  let result = unsafe RAND_bytes(
    bytes.assumingMemoryBound(to: UInt8.self).baseAddress, Int32(bytes.count))
  precondition(result == 1, "libcrypto has no randomness to give")
}

private let portion = Mutex(RandomPortion())

/// Random bytes that were not handed out yet; those that were are overwritten.
private struct RandomPortion: Sendable {
  static let shareByteCountMax = AES256GCM.keyByteCount

  private let memory = LockedMemory(byteCount: 4096)
  private var usedCount = 4096

  mutating func take(_ share: UnsafeMutableRawBufferPointer) {
    if memory.byteCount - usedCount < share.count {
      unsafe draw(into: memory[0..<memory.byteCount])
      usedCount = 0
    }
    let taken = usedCount..<usedCount + share.count
    unsafe share.copyMemory(from: UnsafeRawBufferPointer(memory[taken]))
    memory.erase(taken)
    usedCount = taken.upperBound
  }
}
