// CRC-32C (Castagnoli, RFC 3720 appendix B.4), sixteen bytes at a time: table k holds the effect of
// a byte that k more bytes follow.

/// The CRC-32C of some bytes.
///
/// - Parameter crc: the checksum of the bytes before these, if there are any.
package func crc32c(_ bytes: UnsafeRawBufferPointer, continuing crc: UInt32 = 0) -> UInt32 {
  guard var next = bytes.baseAddress else { return crc }
  let table = unsafe crcTables
  var count = bytes.count
  var crc = ~crc
  while count >= 16 {
    let a = unsafe next.loadUnaligned(as: UInt64.self).littleEndian ^ UInt64(crc)
    let b = unsafe next.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
    unsafe crc =
      table[0xF00 + Int(a & 0xFF)] ^ table[0xE00 + Int(a >> 8 & 0xFF)]
      ^ table[0xD00 + Int(a >> 16 & 0xFF)] ^ table[0xC00 + Int(a >> 24 & 0xFF)]
      ^ table[0xB00 + Int(a >> 32 & 0xFF)] ^ table[0xA00 + Int(a >> 40 & 0xFF)]
      ^ table[0x900 + Int(a >> 48 & 0xFF)] ^ table[0x800 + Int(a >> 56)]
    unsafe crc ^=
      table[0x700 + Int(b & 0xFF)] ^ table[0x600 + Int(b >> 8 & 0xFF)]
      ^ table[0x500 + Int(b >> 16 & 0xFF)] ^ table[0x400 + Int(b >> 24 & 0xFF)]
      ^ table[0x300 + Int(b >> 32 & 0xFF)] ^ table[0x200 + Int(b >> 40 & 0xFF)]
      ^ table[0x100 + Int(b >> 48 & 0xFF)] ^ table[0x000 + Int(b >> 56)]
    unsafe next += 16
    count -= 16
  }
  for index in 0..<count {
    let byte = unsafe UInt32(next.load(fromByteOffset: index, as: UInt8.self))
    crc = unsafe table[Int((crc ^ byte) & 0xFF)] ^ crc >> 8
  }
  return ~crc
}

private nonisolated(unsafe) let crcTables: UnsafePointer<UInt32> = {
  let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 16 * 256)
  for byte in 0..<256 {
    var crc = UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82F6_3B78 ^ crc >> 1 : crc >> 1 }
    unsafe tables[byte] = crc
  }
  for index in 256..<16 * 256 {
    let shorter = unsafe tables[index - 256]
    unsafe tables[index] = tables[Int(shorter & 0xFF)] ^ shorter >> 8
  }
  return unsafe UnsafePointer(tables)
}()
