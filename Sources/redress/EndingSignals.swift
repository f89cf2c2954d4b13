// The signals that stop the service: SIGINT and SIGTERM. SIGHUP, which a terminal sends when it is
// closed, is ignored. What must hold: no signal is lost. They are blocked before the first other
// thread exists, so every thread blocks them, and a signal that arrives during the start stays
// pending until then.

import Foundation

struct EndingSignals {
  private static let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM"]

  private var set = sigset_t()

  /// Blocks the signals for this thread and for every thread that it starts.
  init() {
    sigemptyset(&set)
    for signal in Self.names.keys { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGHUP, SIG_IGN)
  }

  /// Waits for the first signal.
  ///
  /// - Returns: the signal's name.
  func wait() -> String {
    var set = set
    var signal: Int32 = 0
    sigwait(&set, &signal)
    return Self.names[signal] ?? "signal \(signal)"
  }
}
