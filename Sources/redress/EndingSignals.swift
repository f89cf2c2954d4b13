// The signals that end the service in order: SIGINT, SIGTERM, and SIGHUP, which a terminal sends
// when it is closed. What must hold: none is lost. They are blocked before the first other thread
// exists, so every thread has them blocked, and one that comes during the start waits for its end.

import Foundation

struct EndingSignals {
  private static let names = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"]

  private var set = sigset_t()

  /// Blocks them for this thread and for every thread that it starts.
  init() {
    sigemptyset(&set)
    for signal in Self.names.keys { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for the first of them.
  ///
  /// - Returns: its name.
  func wait() -> String {
    var set = set
    var signal: Int32 = 0
    sigwait(&set, &signal)
    return Self.names[signal] ?? "signal \(signal)"
  }
}
