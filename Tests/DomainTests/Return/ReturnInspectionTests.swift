// V1 and V3: what came, and what the inspection found of it.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnInspectionTests {
  @Test(.accepts("V3"), .refuses("V3"))
  func `V3: a return of which nothing came is inspected at once, and nothing is due`() {
    let none = aReturn(in: .approved).when(receiving(came("1", .shortShipped))).happens()
    #expect(none.returns["ret_1"]?.status == .inspected)
    #expect(none.when(complete()).happens().completed["ret_1"]?.finalRefund.items == [])
    Self.part.when(inspecting(found("2"))).thenRejected(
      ReturnRejection.inspection(.nothingToInspect("2")))
  }

  static let part = given(returning).when(returning([("1", 2), ("2", 1)])).happens()
    .when(approveReturn()).happens()
    .when(receiving(came("1"), came("2", .shortShipped))).happens()

  @Test(.refuses("V1", "V3")) func `reports that contradict what was announced are refused`() {
    let approved = aReturn(in: .approved)
    approved.when(receiving(came("1", .received, 1)))
      .thenRejected(ReturnRejection.inspection(.notAllReceived("1", came: 1, announced: 2)))
    approved.when(receiving(came("1", .received, 2))).happens()
    approved.when(receiving(came("1", .shortShipped, 2)))
      .thenRejected(ReturnRejection.inspection(.nothingMissing("1", came: 2, announced: 2)))
    approved.when(receiving(came("1", .lostInTransit, 2)))
      .thenRejected(ReturnRejection.inspection(.nothingMissing("1", came: 2, announced: 2)))
    approved.when(receiving(came("2")))
      .thenRejected(ReturnRejection.inspection(.lineNotReturned("2", returned: ["1"])))
    approved.when(receiving(came("1"), came("1")))
      .thenRejected(ReturnRejection.units(.lineNamedTwice("1")))
    let received = aReturn(in: .received)
    for quantity in [0, 3] {
      received.when(inspecting(found("1", .accepted, quantity)))
        .thenRejected(
          ReturnRejection.inspection(.acceptedOutOfRange("1", accepted: quantity, most: 2)))
    }
    received.when(inspecting(found("1", .rejected, 1)))
      .thenRejected(ReturnRejection.inspection(.acceptedInPart("1", .rejected)))
    received.when(inspecting(found("1", .manualReview, 1)))
      .thenRejected(ReturnRejection.inspection(.acceptedInPart("1", .manualReview)))
    received.when(inspecting(found("1", .accepted, nil, .missing)))
      .thenRejected(ReturnRejection.inspection(.dispositionDoesNotFit("1", .missing, came: 2)))
    let lost = aReturn(in: .inTransit).when(receiving(came("1", .lostInTransit))).happens()
    lost.when(inspecting(found("1", .accepted, nil, .restocked)))
      .thenRejected(ReturnRejection.inspection(.dispositionDoesNotFit("1", .restocked, came: 0)))
  }
}
