// What must hold from one frame to the next: ordinals without gaps, each tenant's positions without
// gaps, marks that change nothing, and nothing declared durable that is not there.

internal import Cryptography
internal import EventSourcing

/// How far the history has been followed.
struct HistoryState: Sendable {
  /// The ordinal of the next commit.
  var ordinal = Ordinal.first
  /// The chain value after the last commit; `nil` when the frame before was not looked at.
  var chain: Digest? = Digest.zero
  /// Where each tenant goes on.
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
      guard header.tenants.isEmpty else { return "a mark names tenants" }
    }
    for tenant in header.tenants {
      let next = nextPositions[tenant.name] ?? (beginsInTheMiddle ? nil : .first)
      guard next == nil || next == tenant.firstPosition else {
        return """
          tenant \(tenant.name) goes on at position \(tenant.firstPosition), but \(next!) is next
          """
      }
    }
    for tenant in header.tenants {
      nextPositions[tenant.name] = tenant.firstPosition.advanced(by: tenant.eventCount)
    }
    ordinal = header.endOrdinal
    chain = header.chain
    return nil
  }
}
