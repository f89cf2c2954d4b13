// Reading on one core: the lines alone, with every line hashed, or every line as the typed event
// that it is. One thread reads, so the processor's time is what one core needs.

import EventLog
import EventSourcing
import Events
import Glibc

/// `read folder= mode=lines|chain|typed`
func benchmarkReading(_ options: inout Options) throws {
  let isTyped = options.text("mode") == "typed"
  let reader = try LogReader(
    folder: options.text("folder"), verifyingChain: options.text("mode") == "chain")
  var eventCount = 0
  var byteCount = 0
  var check = 0
  let start = processorSeconds()
  try reader.forEachCommit(upTo: nil) { commit in
    byteCount += commit.bytes.count
    try commit.forEachLine { line in
      eventCount += 1
      if isTyped {
        check &+= Int(try RecordedEvent(line: line).revision.value)
      } else {
        check &+= line.count
      }
    }
    return true
  }
  let time = processorSeconds() - start
  print(
    #"{"seconds":\#(time),"events":\#(eventCount),"bytes":\#(byteCount),"check":\#(check),"#
      + #""eventsPerSecond":\#(Double(eventCount) / time),"#
      + #""megabytesPerSecond":\#(Double(byteCount) / time / 1e6)}"#)
}
