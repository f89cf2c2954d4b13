// What must hold from one frame to the next: ordinals without gaps, each tenant's positions without
// gaps, marks that change nothing, and nothing declared durable that is not there.

internal import Cryptography
internal import EventSourcing

/// The place that following the history has reached.
struct HistoryState: Sendable {
  /// The ordinal of the next commit.
  var ordinal = Ordinal.first
  /// The chain value after the last commit; `nil` when the frame before was not looked at.
  var chain: Digest? = Digest.zero
  /// Each tenant's next position.
  var nextPositions: [TenantID: Position] = [:]
  /// Whether tenants that were not met yet may have a history already.
  var beginsInTheMiddle = false

  /// Follows one header.
  ///
  /// - Returns: what does not fit, and then nothing has changed.
  mutating func follow(_ header: FrameHeader) -> String? {
    guard header.firstOrdinal == ordinal else {
      return "the frame begins with commit \(header.firstOrdinal), but \(ordinal) is next"
    }
    if header.isMark {
      guard chain == nil || chain == header.chain else { return "the chain value differs" }
      guard header.tenants.isEmpty || header.isTotal else { return "a mark names tenants" }
      chain = header.chain
      return nil
    }
    return follow(header.tenants, to: header.endOrdinal, chain: header.chain)
  }

  /// Follows a whole segment at once.
  mutating func follow(_ segment: SealedSegment) -> String? {
    guard segment.firstOrdinal == ordinal else {
      return "the segment begins with commit \(segment.firstOrdinal), but \(ordinal) is next"
    }
    return follow(segment.tenants, to: segment.endOrdinal, chain: segment.chain)
  }

  private mutating func follow(
    _ tenants: [FrameHeader.Tenant], to end: Ordinal, chain: Digest
  ) -> String? {
    for tenant in tenants {
      let next = nextPositions[tenant.name] ?? (beginsInTheMiddle ? nil : .first)
      guard next == nil || next == tenant.firstPosition else {
        return """
          tenant \(tenant.name) goes on at position \(tenant.firstPosition), but \(next!) is next
          """
      }
    }
    for tenant in tenants {
      nextPositions[tenant.name] = tenant.firstPosition.advanced(by: tenant.eventCount)
    }
    ordinal = end
    self.chain = chain
    return nil
  }
}
