// The settings file. What must hold: it gives settings within their bounds, or one line that says
// where the mistake is.

import CommandHandling
import EventSourcing
import Node
import Service

/// Reads redress.json as a start of the service would.
func readSettings(_ bytes: [UInt8]) {
  do {
    let settings = try Settings(bytes, file: "data/redress.json")
    precondition(ClockRule.idleDays.contains(settings.clockRule.idleDaysMax), "days out of bounds")
    for rate in [settings.rates.person, settings.rates.service] {
      precondition(RateSettings.range.contains(rate), "a rate out of bounds")
    }
    for (key, text) in settings.options {
      let option = ServiceOption.all.first { $0.key == key }
      precondition(option != nil && option?.fault(of: text) == nil, "an option of no use")
    }
    _ = settings.allPrincipals
  } catch {
    precondition(error.path.hasPrefix("$") && !error.problem.isEmpty, "a mistake without a place")
    let line: TerminalText = "\(error)"
    precondition(
      line.description.hasPrefix("data/redress.json: $")
        && !line.description.unicodeScalars.contains { $0.properties.generalCategory == .control },
      "an error of several lines")
  }
}
