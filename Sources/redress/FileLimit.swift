// How many files this process may open, each connection among them (RLIMIT_NOFILE).

import Foundation

enum FileLimit {
  /// What the soft limit can be raised to.
  static var hard: Int { read().map { Int(clamping: $0.rlim_max) } ?? 0 }

  /// Raises the soft limit, usually 1024, as far as it goes.
  ///
  /// - Returns: the limit that counts from now on.
  static func raise() -> Int {
    guard var limit = read() else { return 0 }
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
    return read().map { Int(clamping: $0.rlim_cur) } ?? 0
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static func read() -> rlimit? {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
