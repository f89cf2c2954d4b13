// Rate, errors and duration of requests, by route and status. What must hold: a lock is held only
// to look up the route's series, and what a caller writes never becomes a label.

import HTTP
import Routing
import Synchronization
import Threading

/// How many answers had each status.
final class StatusCounts: Sendable {
  private static let all = Status.allCases
  private let counters = all.map { _ in Counter() }

  func add(_ status: Int) {
    guard let index = Self.all.firstIndex(where: { $0.rawValue == status }) else { return }
    counters[index].add()
  }

  /// Those that are not zero.
  var counts: [(status: Status, count: UInt64)] {
    zip(Self.all, counters).map { ($0, $1.value) }.filter { $0.1 > 0 }
  }
}

/// The requests since the process started.
final class RouteMetrics: Sendable {
  /// Of one route.
  final class Series: Sendable {
    let method: String
    let route: String
    let durations = DurationHistogram()
    let statuses = StatusCounts()

    init(method: String, route: String) { (self.method, self.route) = (method, route) }
  }

  private let series = Mutex<[ObjectIdentifier: Series]>([:])
  /// What no route answers.
  private let others = Series(method: "other", route: "none")

  /// Begins to measure a request.
  func request(of match: RouteTable.Match, since begin: Moment) -> MeasuredRequest {
    guard case .route(let route) = match else {
      return MeasuredRequest(series: others, begin: begin)
    }
    let found = series.withLock { series in
      if let known = series[ObjectIdentifier(route)] { return known }
      let new = Series(method: route.method.rawValue, route: route.path.description)
      series[ObjectIdentifier(route)] = new
      return new
    }
    return MeasuredRequest(series: found, begin: begin)
  }

  func write(to text: inout MetricsText) {
    let all = (series.withLock { Array($0.values) } + [others])
      .sorted { ($0.route, $0.method) < ($1.route, $1.method) }
    text.add(
      "redress_http_requests_total", .counter,
      "Requests answered since the service started, by route and status.",
      all.flatMap { one in
        one.statuses.counts.map { status, count in
          ([("method", one.method), ("route", one.route), ("status", "\(status.rawValue)")], count)
        }
      })
    text.add(
      "redress_http_request_duration_seconds",
      "From a complete request to its answer; to the beginning of an answer that is a stream.",
      all.filter { $0.durations.snapshot.count > 0 }.map {
        ([("method", $0.method), ("route", $0.route)], $0.durations.snapshot)
      })
  }
}

/// A request on its way to its answer.
struct MeasuredRequest: Sendable {
  fileprivate let series: RouteMetrics.Series
  fileprivate let begin: Moment

  /// Counts it, when its answer leaves.
  func end(_ status: Int) {
    series.statuses.add(status)
    series.durations.record(since: begin)
  }
}
