// Records who opens or is handed what, before it is handed over: an access that cannot be recorded
// does not happen.

import CommandHandling
import EventSourcing
import Events
import Glibc
import Routing

struct RecordedAccess: Sendable {
  var sequencer: Sequencer

  /// The caller's reason; a parameter of routes whose use is recorded.
  static let reason = Parameter<String?>.optional(
    ParameterDeclaration(
      "reason", form: .text(byteCount: 1...500),
      expectation: "why it is asked for, in 1 to 500 bytes; it is recorded")
  ) { 1...500 ~= $0.utf8.count ? $0 : nil }

  /// - Precondition: the call's route has a tenant and ``reason``.
  func record(_ kind: AccessKind, _ what: String, by call: Call) async throws {
    let entry = SystemEntry { id in
      .recordAccess(
        RecordAccess(
          recordID: id, kind: kind, tenant: call.tenant, what: what, reason: call[Self.reason],
          way: call.peer == nil ? .loopback : .socket,
          by: call.principal.actor))
    }
    try await sequencer.recordOrRefuse(entry, askedBy: call)
  }
}

extension Call {
  /// The user at the other end of the socket, or of the session; the service's own where a token
  /// alone says who it is.
  var userID: UInt32 { peer?.uid ?? principal.user ?? getuid() }
}

extension Sequencer {
  /// - Throws: ``Problem`` 503 while nothing can be recorded.
  func recordOrRefuse(_ entry: SystemEntry, askedBy call: Call) async throws(Problem) {
    do {
      try await record(entry, peerUID: call.userID, principal: call.principal.recordedName)
    } catch {
      throw Problem(
        .notRecorded,
        detail: "What is asked for \(error). Nothing was handed over; try again later.")
    }
  }
}
