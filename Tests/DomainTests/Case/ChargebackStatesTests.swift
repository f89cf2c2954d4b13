// B1: the states of a chargeback, and its end.

import Domain
import EventSourcing
import Events
import Testing

struct ChargebackStatesTests {
  @Test(.accepts("B1"), arguments: Chargeback.Status.allCases, ChargebackOutcome.allCases)
  func `each state ends as the table says and not otherwise`(
    status: Chargeback.Status, outcome: ChargebackOutcome
  ) {
    let table: [Chargeback.Status: Set<ChargebackOutcome>] = [
      .opened: [.lost, .accepted, .prevented], .represented: [.won, .lost, .accepted],
    ]
    let answer = given(ChargebackTests.history(status)).when(ChargebackTests.outcome(outcome))
    if table[status, default: []].contains(outcome) {
      answer.then(ChargebackTests.ended(outcome, covered: 2606))
    } else if status.rawValue == outcome.rawValue {
      answer.thenUnchanged()
    } else {
      answer.thenRejected(ChargebackRejection.notPossible(outcome.rawValue, status: status))
    }
  }

  @Test(.accepts("B1"), arguments: Chargeback.Status.allCases)
  func `only an opened chargeback is represented`(status: Chargeback.Status) {
    let answer = given(ChargebackTests.history(status)).when(ChargebackTests.represent)
    switch status {
    case .opened: answer.then(ChargebackTests.represented)
    case .represented: answer.thenUnchanged()
    default:
      answer.thenRejected(ChargebackRejection.notPossible("represented", status: status))
    }
  }

  @Test(.accepts("B1"), .refuses("B1"), arguments: Chargeback.Status.allCases)
  func `the same chargeback told twice changes nothing, another under its id is refused`(
    status: Chargeback.Status
  ) {
    let story = given(ChargebackTests.history(status))
    story.when(ChargebackTests.opening(2606)).thenUnchanged()
    story.when(ChargebackTests.opening(2605)).thenRejected(
      ChargebackRejection.alreadyOpened("chg_1"))
  }

  @Test(.accepts("B1")) func `an outcome is recorded also when the case is closed`() {
    let investigating = Array(supportCase(in: .closed).dropFirst())
    given(ChargebackTests.disputed, investigating).when(ChargebackTests.outcome(.lost)).then(
      ChargebackTests.ended(.lost, covered: 2606))
  }
}
