// Signs of life for the service manager. What must hold: they end when commands wait that nothing
// decides, keys that nothing keeps, or commits that nothing writes, so that a service that hangs is
// started again; an idle service lives.

import Node
import Threading

final class Watchdog: Sendable {
  private let isStopping = Monitor(false)
  private let thread: WorkerThread

  /// - Parameter interval: how long the service manager waits for a sign.
  init(of node: Node, _ manager: ServiceManager, every interval: Duration) {
    thread = WorkerThread(name: "watchdog") { [isStopping] in
      // Three signs may be late before the manager acts.
      var last = node.progress
      while !isStopping.wait(upTo: interval / 4, until: { $0 }, then: { $0 }) {
        let progress = node.progress
        guard progress.isAlive(since: last) else { continue }
        last = progress
        manager.notify(.alive)
      }
    }
  }

  func stop() {
    isStopping.update { $0 = true }
    thread.join()
  }
}
