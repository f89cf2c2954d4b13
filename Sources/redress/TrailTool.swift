// redress trail: everything that happened to one thing and to what belongs to it.

import Audit
import EventLog
import EventSourcing
import Events
import Node

struct TrailTool: CommandLineTool {
  static let name = "trail"
  static let summary = "Prints everything that happened to one thing and what belongs to it."
  static let help = """
    Prints the events about one thing and about what belongs to it, in the order of positions: a
    case's refunds, returns, payout holds, messages, evidence and chargebacks; an order's cases,
    refunds and returns; a customer's orders and cases; and the commands about them that were
    refused. It reads the whole log.

    Usage: redress trail --data DIR [--tenant T] [--stream S] [--type T] [--actor A]
                         [--since TIME] [--until TIME] [--format F] [--open --reason TEXT]
                         case|refund|return|order|customer ID

      --data DIR     the data folder; a service may be running on it
      --tenant T     the tenant; required when there are several
    \(EventFilter.help)
      --format F     json (default): the lines as they were written; text: a table;
                     csv (RFC 4180); cloudevents: one JSON array of all events
    \(Opening.help)

    An event must pass every condition. --stream, --type and --actor may be given several times;
    then one of them must match.

    Example:
      redress trail --data ./data case sca_9 --actor agent --format text

    Exit codes: 0 done; 1 the log is damaged, with segment, offset and ordinal; 2 invalid command
    line; 3 the history does not know the thing, the folder could not be read, or the opening of
    personal texts could not be recorded.
    """

  private let folder: DataFolder
  private let tenant: String?
  private let subject: Subject
  private let filter: EventFilter
  private let format: EventPrinter.Format
  private let opening: Opening

  init(_ arguments: inout Arguments) throws {
    folder = try DataFolder(existing: arguments.dataFolder())
    tenant = try arguments.option("--tenant")
    filter = try EventFilter(&arguments)
    format = try arguments.choice("--format") ?? .json
    opening = try Opening(&arguments)
    let words = try arguments.rest()
    guard words.count == 2 else {
      throw Stop.usage(
        "name one of \(Self.kinds.joined(separator: ", ")) and its ID, such as case c1")
    }
    guard Self.kinds.contains(words[0]) else {
      throw Stop.usage(
        "\(words[0]) has no trail; name one of \(Self.kinds.joined(separator: ", "))")
    }
    guard let subject = Subject(StreamName("\(words[0])/\(words[1])")) else {
      throw Stop.usage("\(words[1]) is not a valid \(words[0]) id: 1 to 64 of A-Z a-z 0-9 _ -")
    }
    self.subject = subject
  }

  private static let kinds = ["case", "refund", "return", "order", "customer"]

  func run() throws -> ExitCode {
    try readingLog {
      let tenant = try folder.tenant(named: tenant)
      var trail = Trail(of: subject)
      let vault = try opening.vault(
        of: folder, .personalTexts, tenant: tenant, what: "trail of \(subject.stream)")
      var printer = EventPrinter(format, opening: vault)
      var isEmpty = true
      try LogReader(folder: folder.log).forEachCommit(upTo: nil) { commit in
        guard commit.tenant == tenant else { return true }
        try commit.forEachLine { line in
          guard let header = try trail.takes(line), filter.selects(header) else { return }
          isEmpty = false
          try printer.print(line, header)
        }
        return true
      }
      guard trail.isFound else {
        let what = subject.stream.rawValue.replacing("/", with: " ")
        throw Stop.unable("there is no \(what)")
      }
      try printer.finish()
      if isEmpty { say("no event passes every condition") }
      return .success
    }
  }
}
