public import EventSourcing

/// A history that somebody else keeps, as a monitor reads it: over a socket, a network or a copy of
/// its folder. Nothing that it says is believed.
public protocol MonitoredHistory {
  /// The newest signed note of a tenant.
  func checkpoint(of tenant: TenantID) throws -> [UInt8]

  /// Reads a tenant's lines in their order, without newlines.
  ///
  /// - Parameters:
  ///   - place: of the line before the first; `nil` begins at the first of all.
  ///   - body: sees each line with its place, which is opaque; it returns whether to go on.
  func forEachLine(
    of tenant: TenantID, after place: String?,
    _ body: (_ line: UnsafeRawBufferPointer, _ place: String) throws -> Bool) throws
}
