// What the server does by itself, before there is a request to route: connections, memory, and
// refusals. What must hold: once the service stops, nothing here keeps the server.

import HTTP
import Routing
import Synchronization

final class ServerMetrics: Sendable {
  /// Of requests that the server refused since the process started.
  let refusals = StatusCounts()
  private let source = Mutex<(@Sendable () -> HTTPServer.Statistics)?>(nil)

  /// - Parameter statistics: of the server; `nil` once there is none.
  func observe(_ statistics: (@Sendable () -> HTTPServer.Statistics)?) {
    source.withLock { $0 = statistics }
  }

  func write(to text: inout MetricsText) {
    text.add(
      "redress_http_refusals_total", .counter,
      "Requests that the server refused before there was one to route, by status.",
      label: "status", refusals.counts.map { ("\($0.rawValue)", $1) })
    guard let now = source.withLock({ $0 })?() else { return }
    text.add("redress_http_connections", .gauge, "Open connections.", now.connectionCount)
    text.add(
      "redress_http_connections_evicted_total", .counter,
      "Waiting connections that were closed to make room for others.", now.evictedCount)
    text.add(
      "redress_http_buffered_bytes", .gauge,
      "What requests, and answers that wait for their readers, take in memory.", now.memorySize)
  }
}
