// Memory for keys: locked, so that it is never written to a swap file, left out of core dumps, and
// overwritten when it is given up.

internal import CCrypto
internal import Glibc

/// A block of memory that holds secrets.
@safe public final class LockedMemory: @unchecked Sendable {
  // Safe: the block itself never changes; who may touch which of its bytes is the owner's business.
  private let start: UnsafeMutableRawPointer
  public let byteCount: Int
  /// Whether the system agreed to lock it; RLIMIT_MEMLOCK may be too low.
  public let isLocked: Bool

  /// Zeros.
  ///
  /// - Precondition: there is that much memory.
  public init(byteCount: Int) {
    let pages = (byteCount + 4095) / 4096 * 4096
    let start = unsafe mmap(nil, pages, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      preconditionFailure("out of memory")
    }
    unsafe self.start = unsafe start
    self.byteCount = byteCount
    isLocked = unsafe mlock(start, pages) == 0
    unsafe madvise(start, pages, 16)  // MADV_DONTDUMP
  }

  deinit {
    unsafe OPENSSL_cleanse(start, byteCount)
    unsafe munmap(start, (byteCount + 4095) / 4096 * 4096)
  }

  /// Some of the bytes, while this object lives.
  ///
  /// - Precondition: they lie in the block.
  public subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "outside of the block")
    return unsafe UnsafeMutableRawBufferPointer(
      start: start.advanced(by: range.lowerBound), count: range.count)
  }

  /// Overwrites some of the bytes with zeros, and is never optimised away.
  public func erase(_ range: Range<Int>) {
    let bytes = unsafe self[range]
    unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
  }

  /// How many bytes a process of this user may lock.
  public static var limit: Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else {
      return 0
    }
    return Int(clamping: limit.rlim_cur)
  }
}
