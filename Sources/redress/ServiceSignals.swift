// The signals of the service: SIGINT and SIGTERM stop it, SIGHUP makes it read its settings again.
// What must hold: no signal is lost. They are blocked before the first other thread exists, so
// every thread blocks them, and a signal that arrives during the start stays pending until then.

import Foundation

struct ServiceSignals {
  private static let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"]

  private var set = sigset_t()

  /// Blocks the signals for this thread and for every thread that it starts.
  init() {
    sigemptyset(&set)
    for signal in Self.names.keys { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the first signal that stops the service.
  ///
  /// - Parameter reload: called for each SIGHUP until then.
  /// - Returns: the signal's name.
  func wait(_ reload: () -> Void) -> String {
    var set = set
    while true {
      var signal: Int32 = 0
      sigwait(&set, &signal)
      if signal != SIGHUP { return Self.names[signal] ?? "signal \(signal)" }
      reload()
    }
  }
}
