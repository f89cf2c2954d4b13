// The command line of the importer: arguments in, exit codes (as sysexits.h names them) out.

internal import Curl
internal import Foundation
internal import OnlineRetail

let help = """
  Imports the orders and cancellations of a British web shop into Redress, as any client would.

  usage: online-retail --file FILE --socket PATH [--returns] [--support SEED]

    --file FILE     the shop's CSV (UCI "Online Retail"), plain or compressed by Zstandard
    --socket PATH   the service's Unix socket
    --returns       send what is taken back through a return each; the refunds are the same, and
                    the last line also counts the returns
    --support SEED  also make up support cases about some of the orders, from this number: what
                    customers write and agents answer, payouts held back, chargebacks. The refunds
                    stay what they are
    --help          this text

  Progress goes to standard error. The last line on standard output has the totals:
    {"orders":…,"requests":…,"executed":…,"executedAmount":…,
     "denied":…,"deniedAmount":…,"matched":…,"unmatched":…}
  Amounts are pence; --support adds "supportCases", "messages", "holds" and "chargebacks".
  Running it again, also after a crash, changes nothing and ends the same.

  example:
    online-retail --file tools/online-retail/data/online-retail-2010-12.csv.zst \\
      --socket demo-data/redress.sock

  exit codes:
    0   imported               66  the file cannot be read
    64  wrong arguments        69  the service cannot be reached
    65  the file makes no      70  the service refused something, or its answer is not understood
        sense (nothing was     75  payments did not come to an end in time; run it again
        submitted)
  """

func stop(_ message: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("online-retail: \(message)\n".utf8))
  exit(code)
}

func exitCode(_ error: any Error) -> Int32 {
  switch error {
  case SalesFileError.unreadable: 66
  case is SalesFileError: 65
  case ImportError.unreachable: 69
  case ImportError.unsettled: 75
  default: 70
  }
}

var options: [String: String] = [:]
var asReturns = false
var arguments = CommandLine.arguments.dropFirst()
while let name = arguments.popFirst() {
  if name == "--help" {
    print(help)
    exit(0)
  }
  if name == "--returns" {
    asReturns = true
    continue
  }
  guard ["--file", "--socket", "--support"].contains(name) else {
    stop("unknown argument \(name); see --help", 64)
  }
  guard let value = arguments.popFirst() else { stop("\(name) needs a value; see --help", 64) }
  options[name] = value
}
guard let file = options["--file"], let socket = options["--socket"] else {
  stop("--file and --socket are needed; see --help", 64)
}
let seed = options["--support"].map { text in
  guard let seed = UInt64(text) else {
    stop("--support takes a whole number from 0 on, not \(text); see --help", 64)
  }
  return seed
}

do {
  let history = try SalesHistory(path: file)
  var importer = Importer(
    service: SocketService(HTTPClient(socketPath: socket)), progress: ProgressLine(),
    asReturns: asReturns, storySeed: seed)
  print(try importer.run(history).json)
} catch {
  stop("\(error)", exitCode(error))
}
