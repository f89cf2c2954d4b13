// The signals that end the service in order: SIGINT, SIGTERM, and SIGHUP, which a terminal sends
// when it is closed. What must hold: none is lost between the start and the wait.

import Dispatch
import Foundation
import Threading

final class EndingSignals {
  private let first = Monitor<String?>(nil)
  private let sources: [any DispatchSourceSignal]

  /// Catches them from now on.
  init() {
    let queue = DispatchQueue(label: "redress.signals")
    let names = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM"), (SIGHUP, "SIGHUP")]
    sources = names.map { [first] number, name in
      // Dispatch replaces the default action itself. Ignoring the signal first, as other systems
      // need it, would lose one that comes in between.
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { first.update { $0 = $0 ?? name } }
      source.resume()
      return source
    }
  }

  /// Waits for the first of them.
  ///
  /// - Returns: its name.
  func wait() -> String {
    first.wait(until: { $0 != nil }, then: { $0 ?? "" })
  }
}
