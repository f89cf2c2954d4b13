// Full segments are sealed while the story goes on: commands are decided and written, and read
// models read, between any two calls of the sealer. What must hold: the rest goes on, and a
// failure ends sealing and nothing else.

internal import EventLog
internal import SeededRandom

extension World {
  func seal(_ process: ServiceProcess) throws {
    guard isSealing, process.fatal == nil else { return }
    let stopsAfter = sealing!.pick([0, 5, Int.max, Int.max])
    sealerCallCount = 0
    do throws(LogError) {
      let report = try process.log.sealInline { [unowned self] in
        sealerCallCount += 1
        goOnWhileSealing(process)
        return sealerCallCount > stopsAfter || process.fatal != nil
      }
      guard let report else { return }
      summary.sealedCount += 1
      say("sealed: \(report)")
    } catch {
      switch error {
      case .stopped: say("sealing was stopped")
      case .io:
        isSealing = false
        say("sealing failed: \(error)")
      default: throw error
      }
    }
  }

  private func goOnWhileSealing(_ process: ServiceProcess) {
    guard process.fatal == nil, violation == nil else { return }
    do {
      switch Int.random(in: 0..<4, using: &sealing!) {
      case 0: process.write()
      case 1: try follow(process, limit: Int.random(in: 1...10, using: &sealing!))
      default: break
      }
    } catch { violation = error }
  }
}
