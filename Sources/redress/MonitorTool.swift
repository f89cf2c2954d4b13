// redress monitor: watches histories from outside, as another user or from another machine.

import Audit
import EventSourcing
import Foundation
import Node
import Transparency

struct MonitorTool: CommandLineTool {
  static let name = "monitor"
  static let summary = "Watches a history from outside and raises a fork."
  static let help = """
    Watches the histories whose keys it is given, from another user's account or another machine. It
    keeps the last signed checkpoint of each tenant. Every round takes the newest one, reads the
    events that came since, and requires that all events so far come to the root that was signed.
    It reads some older events again, and from time to time all of them, with the controls of
    redress audit. It believes nothing but the keys.

    Usage: redress monitor --from SOURCE [--token FILE] --key FILE --state DIR [--every SECONDS]
                           [--once] [--whole-every HOURS] [--metrics FILE]
           redress monitor --witness HOST:PORT --key FILE --state DIR

      --from SOURCE        a service's socket; its URL, such as http://127.0.0.1:8080; a data
                           folder; or a copy of a log
      --token FILE         the token that a URL asks for; it is read again for each request
      --key FILE           verifier keys, one on each line, as redress keys show prints them; each
                           names its tenant; may be given several times
      --state DIR          where the monitor keeps what it has seen; it is made if it is missing
      --every SECONDS      how long to wait between two rounds; 60 by default
      --whole-every HOURS  how often everything is read again; 24 by default; the first round does
      --metrics FILE       writes Prometheus metrics after each round, for a textfile collector
      --once               makes one round and ends
      --witness HOST:PORT  is a witness instead (C2SP tlog-witness): cosigns the checkpoints that
                           are sent to HOST:PORT/add-checkpoint and extend the last ones. Its key
                           is made in DIR, has HOST:PORT as name, and is printed at the start.

    A history that is not the one that was signed ends the monitor: both notes are printed and
    stored in DIR. So does a finding of a control. A source that cannot be read is tried again.

    Example:
      redress monitor --from ./data/redress.sock --key acme.vkey --state ./watch --once

    Exit codes: 0 one round found nothing wrong (--once); 1 a fork, missing or changed events, or a
    finding; 2 invalid command line; 3 the source or the state could not be read (--once).
    """

  private let source: String
  private let tokenFile: String?
  private let witness: LoopbackAddress?
  private let keys: [TenantID: [VerifierKey]]
  private let state: MonitorState
  private let metrics: String?
  private let interval: Int
  private let wholeInterval: Int
  private let isOnce: Bool

  /// A year, in seconds.
  private static let intervalMax = 366 * 86_400

  init(_ arguments: inout Arguments) throws {
    witness = try arguments.loopbackAddress("--witness")
    source = try witness == nil ? arguments.required("--from") : ""
    tokenFile = try arguments.option("--token")
    keys = try Self.keys(in: arguments.options("--key"))
    state = MonitorState(folder: try arguments.required("--state"))
    if witness != nil {
      (metrics, interval, wholeInterval, isOnce) = (nil, 1, 0, false)
      return
    }
    guard tokenFile == nil || Self.isURL(source) else {
      throw Stop.usage("--token goes with a URL only; \(source) is none")
    }
    metrics = try arguments.option("--metrics")
    interval = try arguments.number("--every") ?? 60
    let hours = try arguments.number("--whole-every") ?? 24
    isOnce = try arguments.flag("--once")
    guard interval > 0 else { throw Stop.usage("--every 0 leaves no time between two rounds") }
    guard interval <= Self.intervalMax, hours <= Self.intervalMax / 3_600 else {
      throw Stop.usage("--every and --whole-every are at most a year")
    }
    wholeInterval = hours * 3_600
  }

  /// The keys in files, by the tenant that ends their name.
  private static func keys(in files: [String]) throws -> [TenantID: [VerifierKey]] {
    guard !files.isEmpty else { throw Stop.usage("--key is missing") }
    var keys: [TenantID: [VerifierKey]] = [:]
    for file in files {
      let text: String
      do { text = try String(contentsOf: URL(filePath: file), encoding: .utf8) } catch {
        throw Stop.unable("cannot read the keys in \(describe(error))")
      }
      for (number, line) in text.split(separator: "\n").enumerated() {
        let key: VerifierKey
        // What follows a space is a remark, such as that the key is retired.
        do { key = try VerifierKey(vkey: String(line.prefix { $0 != " " })) } catch {
          throw Stop.usage("--key \(file), line \(number + 1): \(error)")
        }
        guard key.kind == .signatures else {
          throw Stop.usage("--key \(file), line \(number + 1): \(key.name) is a witness's key")
        }
        guard let slash = key.name.lastIndex(of: "/"),
          let tenant = TenantID(key.name[key.name.index(after: slash)...])
        else {
          throw Stop.usage(
            "--key \(file), line \(number + 1): \(key.name) does not end with /TENANT")
        }
        guard keys[tenant]?.first.map({ $0.name == key.name }) ?? true else {
          throw Stop.usage("--key: the keys of \(tenant) have two names, such as \(key.name)")
        }
        keys[tenant, default: []].append(key)
      }
    }
    guard !keys.isEmpty else { throw Stop.usage("--key \(files[0]) has no key") }
    return keys
  }

  func run() throws -> ExitCode {
    try state.lock()
    if let witness {
      return try WitnessServer(address: witness, keys: keys, state: state.folder).run()
    }
    let history = try Self.history(source, tokenFile)
    var figures = MonitorFigures()
    while true {
      var code = round(of: history, &figures)
      do { try metrics.map { try figures.write(to: $0) } } catch {
        say(Self.words(of: error))
        if code == .success { code = .unable }
      }
      if isOnce || code == .wrong { return code }
      Thread.sleep(forTimeInterval: TimeInterval(interval))
    }
  }

  private static func isURL(_ source: String) -> Bool {
    source.hasPrefix("http://") || source.hasPrefix("https://")
  }

  private static func history(
    _ source: String, _ tokenFile: String?
  ) throws -> any MonitoredHistory {
    if isURL(source) { return MonitoredService(baseURL: source, tokenFile: tokenFile) }
    var status = stat()
    guard stat(source, &status) == 0 else {
      throw Stop.unable("cannot read --from \(source): \(String(cString: strerror(errno)))")
    }
    if status.st_mode & S_IFMT == S_IFSOCK { return MonitoredService(socketPath: source) }
    guard access(source, R_OK | X_OK) == 0 else {
      throw Stop.unable("cannot read --from \(source): \(String(cString: strerror(errno)))")
    }
    return MonitoredFolder(path: source)
  }

  /// One round of every tenant.
  private func round(
    of history: any MonitoredHistory, _ figures: inout MonitorFigures
  ) -> ExitCode {
    var worst = ExitCode.success
    for (tenant, keys) in keys.sorted(by: { $0.key < $1.key }) {
      do {
        let round = try round(of: history, tenant, keys)
        figures.note(round, of: tenant)
        if !round.findings.isEmpty { worst = .wrong }
      } catch let alarm as MonitorAlarm {
        figures.raise(tenant)
        worst = .wrong
        // An alarm is one, also where its evidence cannot be written.
        do { try show(alarm) } catch { say(Self.words(of: error)) }
      } catch {
        // What could not be read is no evidence; the next round tries again.
        if figures.miss(tenant) { say("\(tenant): \(Self.words(of: error))") }
        if worst == .success { worst = .unable }
      }
    }
    return worst
  }

  private func round(
    of history: any MonitoredHistory, _ tenant: TenantID, _ keys: [VerifierKey]
  ) throws -> TenantMonitor.Round {
    var monitor = TenantMonitor(tenant, keys: keys, record: try state.record(of: tenant))
    let now = Int(Date.now.timeIntervalSince1970)
    let sinceWhole = monitor.record.map { now - $0.wholeReadAt }
    // A clock that was set back does not put the next reading off.
    let isWhole = sinceWhole.map { $0 < 0 || $0 >= wholeInterval } ?? true
    var random = SystemRandomNumberGenerator()
    let round = try monitor.round(of: history, isWhole: isWhole, at: now, using: &random)
    // A finding is raised in every round until the history is another: it is not stored as seen.
    if round.findings.isEmpty { try monitor.record.map { try state.store($0, of: tenant) } }
    for finding in round.findings {
      let positions = finding.positions.map { "\($0)" }.joined(separator: ", ")
      try Output.print("\(tenant): \(finding.control) at \(positions): \(finding.sentence)")
    }
    try Output.print(
      """
      \(tenant): \(round.size) events as signed, \(round.newEventCount) new, \
      \(round.rereadEventCount) read again\(round.isWhole ? ", all controls ran" : "")
      """)
    // At once, also into a file: a monitor runs for months.
    fflush(nil)
    return round
  }

  private func show(_ alarm: MonitorAlarm) throws {
    let notes = alarm.notes.map(\.bytes).joined(separator: [UInt8(ascii: "\n")])
    try Output.write(notes)
    let file = try state.keep(alarm, notes: Array(notes))
    say("\(alarm)\nthe evidence is in \(file)")
  }

  private static func words(of error: any Error) -> TerminalText {
    if let stop = error as? Stop { stop.message } else { "\(error)" }
  }
}
