// The page of a tenant's signed checkpoints over time: the newest, those that are kept by day with
// the witnesses that cosigned them, the days without one, and the copies outside.

import Audit
import EventSourcing
import HTML
import JSON
import Projections
import Routing
import Transparency

struct CheckpointRoutes: Sendable {
  var publisher: CheckpointPublisher
  var health: @Sendable () -> Health

  var routes: [Route] {
    [
      .page(
        "/tenants/{tenant}/checkpoints", "The signed checkpoints over time, and their witnesses.",
        navigation: "Checkpoints", reads: [], permission: .readProofs,
        parameters: [PageFormat.parameter],
        answers: [
          .page, .json("Checkpoints", CheckpointsPage.shape),
          Answer(.serviceUnavailable, "Page", mediaType: "text/html"),
        ]
      ) { call in
        let page = CheckpointsPage(
          tenant: call.tenant, history: try publisher.signingHistory(of: call.tenant),
          keys: publisher.verifierKeys(of: call.tenant), copies: health().copies?.of(call.tenant),
          now: call.receivedAt)
        return switch PageFormat(of: call) {
        case .json: .json(page.json)
        case .html: .page(page.page)
        }
      }
    ]
  }
}
