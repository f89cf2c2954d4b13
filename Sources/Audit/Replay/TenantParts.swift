// What a pass over a log keeps of each tenant.

import EventSourcing

/// One part for each tenant, made when the tenant's first commit comes.
final class TenantParts<Part> {
  private var parts: [TenantID: Part] = [:]
  private let make: (TenantID) -> Part

  init(_ make: @escaping (TenantID) -> Part) { self.make = make }

  subscript(tenant: TenantID) -> Part {
    if let part = parts[tenant] { return part }
    let part = make(tenant)
    parts[tenant] = part
    return part
  }

  /// In the order of their names.
  var inOrder: [Part] { parts.sorted { $0.key < $1.key }.map(\.value) }
}
