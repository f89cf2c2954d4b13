// redress serve: runs a node on a data folder until a signal stops it.

import CommandHandling
import EventLog
import EventSourcing
import Foundation
import Gateways
import HTTP
import Node
import ProcessManagers
import Service
import Transparency

struct ServeTool: CommandLineTool {
  static let name = "serve"
  static let summary = "Runs the service on a data folder."
  static let help = """
    Runs the service on a data folder that redress init created.

    Usage: redress serve --data DIR [--socket PATH] [--http HOST:PORT] [--publish TARGET]
                         [--witnesses FILE] [--mail-from ADDRESS] [--mail-server URL]
                         [--mail-login FILE] [--mail-authorities FILE] [--gateway NAME]
                         [--gateway-option NAME=VALUE]… [--simulate HOW=REFUND]…
                         [--log-format text|json]

      --data DIR         the data folder; REDRESS_DATA if it is not given
      --socket PATH      the Unix socket for commands; DIR/redress.sock by default. Its folder must
                         exist; the socket gets the mode 0660, and the group of
                         files.socketGroup in DIR/redress.json, if it is named there.
      --http HOST:PORT   also serve pages and reads on this loopback address, such as
                         127.0.0.1:8080; port 0 chooses a free one
      --witnesses FILE   ask the witnesses of a policy (C2SP tlog-policy, lines witness NAME VKEY
                         URL) to cosign each signed checkpoint
      --publish TARGET   copy each signed checkpoint to TARGET/TENANT, out of the service's reach:
                         a mounted share or another user's folder, or a URL (PUT)
      --mail-from ADDR   the sender of messages to customers and agents; redress@localhost by
                         default. Messages are written to DIR/outbox, for tenants with
                         emailNotifications.
      --mail-server URL  the server that takes them from there: smtps://HOST:PORT, or
                         smtp://HOST:PORT, which must offer STARTTLS unless it is on this machine
      --mail-login FILE  the user and the password for it, one line each, in a file that not
                         every user can read
      --mail-authorities FILE
                         certificates (PEM) that may vouch for it instead of the system's
      --gateway NAME     the payment gateway; simulated if not given, which moves no money
      --gateway-option NAME=VALUE
                         an option of the payment gateway, once for each
      --simulate HOW=ID  make the simulated gateway treat one refund otherwise, or by the id
                         REFUND/PAYMENT what it gives back by one payment: decline, pend (accepts,
                         pays when it is looked up), timeout (pays, does not answer), lose (never
                         receives it) or crash (pays, then ends this process)
      --log-format WORD  how standard error has what happens: text (the default), or json, one
                         object a line with time, level, component, message and requestId

    The options up to --gateway and --log-format can also stand in the environment, as REDRESS_HTTP,
    or in DIR/redress.json, as http; redress settings shows which one counts.

    Example:
      redress serve --data ./data --http 127.0.0.1:8080

    Who may come in over the socket stands in DIR/redress.json; without it only the user that the
    service runs as, and root. SIGHUP reads it again.

    It stops on SIGINT or SIGTERM after answering every decided command.

    Exit codes: 0 stopped; 2 invalid command line; 3 it could not start; 70 it stopped because a
    write to the log failed or the history contradicts itself. Only durable events were
    acknowledged.
    """

  private let data: String
  private let manager = ServiceManager()
  private let values: OptionValues
  private let gatewayOptions: [String]

  init(_ arguments: inout Arguments) throws {
    data = try arguments.dataFolder()
    values = try OptionValues(&arguments)
    gatewayOptions =
      try arguments.options("--gateway-option") + arguments.options("--simulate")
  }

  func run() throws -> ExitCode {
    let signals = ServiceSignals()
    let folder = try DataFolder(existing: data)
    let settings = try Self.settings(of: folder)
    let options = try ServeOptions(values, settings, folder, manager)
    OperatorLog.shared.use(options.logFormat)
    let descriptors = try DescriptorShares(limit: FileLimit.raise())
    try folder.lock(socket: options.socket)
    var configuration = try configuration(of: folder, settings, options)
    configuration.descriptors = descriptors
    let node = try Node(opening: configuration)
    try node.start()
    announce(node, options)
    if descriptors != .all {
      report(
        "so few files may be open that there are \(descriptors.connectionCountMax) connections and "
          + "\(descriptors.feedCountMax) feeds at most: raise ulimit -Hn", .warning)
    }
    manager.notify(.ready)
    let watchdog = manager.watchdogInterval.map { Watchdog(of: node, manager, every: $0) }
    let signal = signals.wait {
      manager.notify(.reloading)
      reload(node, folder, beginningWith: settings, options.groups)
      manager.notify(.ready)
    }
    report("\(signal): stopping")
    manager.notify(.stopping)
    node.stop()
    watchdog?.stop()
    OperatorLog.shared.flush()
    report("stopped; the log ends before commit \(node.log.durableEnd)")
    return .success
  }

  private static func settings(of folder: DataFolder) throws -> Settings {
    do { return try Settings(of: folder) } catch { throw Stop.usage("\(error)") }
  }

  private func reload(
    _ node: Node, _ folder: DataFolder, beginningWith begun: Settings, _ groups: FileGroups
  ) {
    do throws(SettingsError) {
      let settings = try Settings(of: folder)
      // All that can be refused comes before anything is applied.
      let tokens = try settings.tokens()
      let hasOtherGroups = try settings.fileGroups() != groups
      node.reload(settings.allPrincipals, tokens: tokens)
      node.reload(settings.clockRule)
      node.reload(settings.rates)
      node.reload(settings.quotas)
      report("SIGHUP: \(folder.settings) was read again")
      for option in ServiceOption.all
      where values.text(of: option, in: settings) != values.text(of: option, in: begun) {
        report("SIGHUP: \(option.key) is another, which counts from the next start on", .warning)
      }
      if hasOtherGroups {
        report("SIGHUP: files is another, which counts from the next start on", .warning)
      }
    } catch { report("SIGHUP: the settings stay as they were: \(error)", .error) }
  }

  private func configuration(
    of folder: DataFolder, _ decided: Settings, _ options: ServeOptions
  ) throws -> NodeConfiguration {
    let settings = PaymentGatewaySettings(folder: folder.path, options: gatewayOptions)
    let gateway: any PaymentGateway
    do { gateway = try PaymentGateways.open(options.gateway.name, settings) } catch {
      throw Stop.usage("\(error)")
    }
    var configuration = NodeConfiguration(
      folder: folder, gateway: gateway, sender: options.sender, clock: { .now },
      report: { OperatorLog.shared.write($0) },
      onFatal: { stopForGood($0) })
    configuration.mailServer = options.mailServer
    configuration.arePaymentsSimulated = options.gateway.isSimulated
    configuration.principals = decided.allPrincipals
    do { configuration.tokens = try decided.tokens() } catch { throw Stop.usage("\(error)") }
    configuration.sinceBoot = { ClockReading.systemSinceBoot }
    configuration.clockRule = decided.clockRule
    configuration.rates = decided.rates
    configuration.fileGroups = options.groups
    configuration.quotas = decided.quotas
    configuration.endpoints = manager.descriptors.map { .inherited(descriptor: $0) }
    if manager.socketPath == nil {
      configuration.endpoints.append(
        .unixSocket(path: options.socket, group: options.groups.socket?.id))
    }
    configuration.checkpointTarget = options.checkpointTarget
    configuration.witnesses = options.witnesses
    if let http = options.http {
      configuration.endpoints.append(.loopback(host: http.host, port: http.port))
    }
    return configuration
  }

  private func announce(_ node: Node, _ options: ServeOptions) {
    report("serving \(data)")
    report("commands on the Unix socket \(options.socket)")
    if let checkpointTarget = options.checkpointTarget {
      report("signed checkpoints are copied to \(checkpointTarget)")
    }
    for witness in options.witnesses {
      report("\(witness.name) at \(witness.url) cosigns checkpoints")
    }
    if options.gateway.isSimulated {
      report("payments are simulated by \(options.gateway.name): no money moves", .warning)
    }
    if options.isSocketBehindAuditors {
      report(
        "the folder of the socket is open to the auditors' group alone, so that of callers only "
          + "this user reaches it; --socket puts it elsewhere", .warning)
    }
    if let pages = node.pages {
      report("pages on \(pages)/")
      report("redress login --data \(data) prints a link that signs in to them")
    }
  }
}

/// Says what happens to the service itself.
private func report(_ message: TerminalText, _ level: LogLine.Level = .info) {
  OperatorLog.shared.write(LogLine(level, "serve", message))
}

/// Ends the process at once, without acknowledging anything more.
func stopForGood(_ reason: String) -> Never {
  report("\(reason)", .error)
  report(
    "stopping at once; only durable events were acknowledged. Fix the cause, then restart.",
    .error)
  _exit(ExitCode.fatal.rawValue)
}
