// V1: the same unit is never in two returns, nor returned and refunded twice; and which unit is
// free again when.

import Domain
import EventSourcing
import Events
import Testing

struct ReturnUnitsTests {
  @Test(.accepts("V1"), .refuses("V1"))
  func `V1: several returns are not counted against the same item`() {
    let story = given(returning).when(returning([("1", 4)])).happens()
    story.when(returning([("1", 3)], as: "ret_2")).thenRejected(
      ReturnRejection.units(
        .moreUnitsThanReturnable(
          "1", asked: 3, returnable: 2, ordered: 6, inUse: UnitsInUse(returns: ["ret_1": 4]))))
    let both = story.when(returning([("1", 2)], as: "ret_2")).happens()
    both.when(returning([("1", 1)], as: "ret_3")).thenRejected(
      ReturnRejection.units(
        .moreUnitsThanReturnable(
          "1", asked: 1, returnable: 0, ordered: 6,
          inUse: UnitsInUse(returns: ["ret_1": 4, "ret_2": 2]))))
  }

  @Test(.accepts("V1"), .refuses("R1", "V1"))
  func `V1: a refund and a return do not take the same unit`() {
    let returned = given(returning).when(returning([("1", 4)])).happens()
    returned.when(.requestRefund(requesting([("1", 3)])))
      .thenRejected(
        .units(
          .moreUnitsThanLeft(
            "1", asked: 3, left: 2, ordered: 6, inUse: UnitsInUse(returns: ["ret_1": 4]))))
    returned.when(.requestRefund(requesting([("1", 2)]))).happens()
    let refunded = given(returning).when(.requestRefund(requesting([("1", 4)]))).happens()
    refunded.when(returning([("1", 3)])).thenRejected(
      ReturnRejection.units(
        .moreUnitsThanReturnable(
          "1", asked: 3, returnable: 2, ordered: 6, inUse: UnitsInUse(refunds: ["srf_1": 4]))))
    refunded.when(returning([("1", 2)])).happens()
  }

  @Test(.refuses("V1")) func `V1: lines of this order, each once`() {
    given(returning).when(returning([("3", 1)]))
      .thenRejected(ReturnRejection.units(.unknownLine("3", order: "536365")))
    given(returning).when(returning([("1", 1), ("1", 1)]))
      .thenRejected(ReturnRejection.units(.lineNamedTwice("1")))
  }

  @Test(.accepts("V1"), arguments: Return.Status.allCases)
  func `V1: a return that ends before anything is sent frees its units, no other does`(
    status: Return.Status
  ) {
    let free = aReturn(in: status).freeUnits("1")
    let isOver = [.rejected, .cancelled, .expired].contains(status)
    #expect(free == (isOver ? (6, 6) : (4, 4)))
  }

  @Test(.accepts("V1")) func `V1: units that were never sent are free again`() {
    let story = aReturn(in: .approved).when(receiving(came("1", .shortShipped, 1))).happens()
    #expect(story.freeUnits("1") == (5, 5))
  }

  @Test(.accepts("V1"))
  func `V1: units that are not accepted are free for a refund, but not for another return`() {
    let story = aReturn(in: .received).when(inspecting(found("1", .accepted, 1))).happens()
    #expect(story.freeUnits("1") == (4, 5))
    let refused = aReturn(in: .received).when(inspecting(found("1", .rejected))).happens()
    #expect(refused.freeUnits("1") == (4, 6))
    // A second look is no refusal.
    let open = aReturn(in: .received).when(inspecting(found("1", .manualReview))).happens()
    #expect(open.freeUnits("1") == (4, 4))
  }

  @Test(.accepts("V1"))
  func `V1: units lost on the way are not returned again, accepted or not`() {
    let lost = aReturn(in: .inTransit).when(receiving(came("1", .lostInTransit))).happens()
    #expect(lost.freeUnits("1") == (4, 4))
    let refused = lost.when(inspecting(found("1", .rejected))).happens()
    #expect(refused.freeUnits("1") == (4, 6))
    let madeGood = lost.when(inspecting(found("1", .accepted, 2, .missing))).happens()
    #expect(madeGood.freeUnits("1") == (4, 4))
    madeGood.when(complete()).happens().when(refunding([("1", 2)])).happens()
  }

  @Test(.accepts("V1"))
  func `V1: the return's refund takes its units over, and gives them back to it`() {
    let refunded = aReturn(in: .completed).when(refunding([("1", 2)])).happens()
    #expect(refunded.orders["536365"]?.unitsHeld(by: "ret_1") == [])
    #expect(refunded.freeUnits("1") == (4, 4))
    let withdrawn = refunded.when(.cancelRefund(CancelRefund(refundID: "srf_1"))).then([
      .refundCancelled(RefundCancelled(refundID: "srf_1", cancelledBy: admin)),
      .orderReservationReleased(
        OrderReservationReleased(orderID: "536365", refundID: "srf_1", amount: 501)),
      .orderUnitsHeld(ReturnRequestTests.held),
      .returnRefundWithdrawn(ReturnRefundWithdrawn(returnID: "ret_1", refundID: "srf_1")),
    ])
    #expect(withdrawn.freeUnits("1") == (4, 4))
  }

  @Test(.accepts("V1")) func `V1: store credit and a return without money keep the units for good`()
  {
    for resolution in [ReturnResolution.storeCredit, .nothing] {
      let story = aReturn(in: .inspected).when(complete(resolution)).happens()
      #expect(story.freeUnits("1") == (4, 4))
    }
  }

  @Test(.accepts("V1"))
  func `V1: a refund in advance that is withdrawn gives back what may still become due`() {
    let advance = aReturn(in: .approved).when(refunding([("1", 2)])).happens()
    let looked = advance.when(receiving(came("1"))).happens()
      .when(inspecting(found("1", .accepted, 1))).happens()
    let withdrawn = looked.when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    // One unit was accepted and is due; the other came back once and is free for a refund only.
    #expect(withdrawn.orders["536365"]?.unitsHeld(by: "ret_1").map(\.quantity) == [1])
    #expect(withdrawn.freeUnits("1") == (4, 5))
    let missing = advance.when(receiving(came("1", .shortShipped, 1))).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    #expect(missing.freeUnits("1") == (5, 5))
    let expired = advance.when(expireReturn, at: approvalEnd).happens()
      .when(.cancelRefund(CancelRefund(refundID: "srf_1"))).happens()
    #expect(expired.freeUnits("1") == (6, 6))
  }

  @Test(.refuses("R1")) func `R1, V1: an amended order keeps the units that returns hold`() {
    func with(_ quantity: Int) -> Command {
      OrderTests.amending(
        [OrderTests.changed(holders) { $0.quantity = quantity }, lantern], total: 2606)
    }
    let story = aReturn(in: .approved)
    story.when(with(1)).thenRejected(
      OrderRejection.unitsAlreadyTaken(
        "1", taken: 2, given: 1, inUse: UnitsInUse(returns: ["ret_1": 2])))
    let fewer = story.when(with(2)).happens()
    #expect(fewer.freeUnits("1") == (0, 0))
    // What came back once is not returned again because the order was amended.
    let spent = aReturn(in: .received).when(inspecting(found("1", .rejected))).happens()
    #expect(spent.when(with(5)).happens().freeUnits("1") == (3, 5))
    spent.when(OrderTests.amending([lantern], total: 2606))
      .thenRejected(
        OrderRejection.unitsAlreadyTaken(
          "1", taken: 2, given: 0, inUse: UnitsInUse(sentBack: 2)))
  }

  @Test func `a history in which returns hold what they cannot is not believed`() {
    func held(_ quantity: Int, _ line: LineID = "1") -> Event {
      .orderUnitsHeld(
        OrderUnitsHeld(
          orderID: "536365", returnID: "ret_1",
          lines: [LineUnits(lineID: line, quantity: quantity)]))
    }
    func freed(_ quantity: Int) -> Event {
      .orderUnitsFreed(
        OrderUnitsFreed(
          orderID: "536365", returnID: "ret_1",
          lines: [LineUnits(lineID: "1", quantity: quantity)], returnable: true))
    }
    HistoryTests.refused(held(7), after: open)
    HistoryTests.refused(held(5), after: pending)
    HistoryTests.refused(held(1, "3"), after: open)
    HistoryTests.refused(freed(1), after: open)
    HistoryTests.refused(freed(3), after: open + [held(2)])
    HistoryTests.refused(
      HistoryTests.reserving { $0.lines[0].quantity = 5 }, after: open + [held(2)])
  }

  @Test func `a completion that pays other units than the refund under way is not believed`() {
    let story = aReturn(in: .inspected)
      .when(refunding([("1", 2)]), by: "system/return-refund").happens()
    let item = RefundAmendmentTests.oneHolder
    let one = ReturnAmount(
      items: [
        ReturnedItem(
          lineID: "1", quantity: 1, originalUnitPrice: 255, discount: item.discount, tax: item.tax,
          amount: 300)
      ], itemsAmount: 300, restockingFees: [Fee(basisPoints: 1000, of: 300, amount: 30)],
      shippingFee: 39, amount: 231)
    func completed(_ amount: ReturnAmount) -> Event {
      .returnCompleted(
        ReturnCompleted(returnID: "ret_1", resolution: .refund, finalRefund: amount))
    }
    HistoryTests.refused(completed(one), after: story)
    var right = story
    #expect(throws: Never.self) { try right.fold(completed(ReturnRequestTests.amount)) }
  }

  @Test(.accepts("V4"), .refuses("V4"))
  func `V4: a return of which something came is neither cancelled nor expires`() {
    let story = given(returning).when(returning([("1", 2), ("2", 1)]), by: customer).happens()
      .when(approveReturn()).happens().when(receiving(came("1"))).happens()
    story.when(cancelReturn, by: customer)
      .thenRejected(ReturnRejection.sending(.itemsCameAlready("ret_1", ["1"])))
    story.when(expireReturn, at: approvalEnd).thenUnchanged()
    story.when(receiving(came("2", .lostInTransit))).happens()
    #expect(throws: InconsistentHistory.self) {
      var forged = story
      try forged.fold(.returnCancelled(ReturnCancelled(returnID: "ret_1", cancelledBy: customer)))
    }
  }
}
