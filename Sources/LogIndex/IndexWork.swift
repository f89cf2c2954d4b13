// The index's thread: it stores what was added, tidies up, tries again what the system refused, and
// makes a damaged file anew. What must hold: entries leave memory only once the database has them;
// after an error the file is opened again, since a transaction may or may not have come to its end.

internal import Threading

/// The next thing to do.
private enum IndexJob {
  case store(IndexEntries)
  case tidy
  case makeAnew(reason: String)
}

extension LogIndex {
  func work(on first: IndexDatabase) {
    var database: IndexDatabase? = first
    var retries = BackOff()
    while let job = next(isTidy: database?.isTidy ?? true, isRetrying: database == nil) {
      do {
        database = try carryOut(job, on: database)
        let hasFailed = recent.update { recent in
          defer { (recent.failure, recent.isOverdue) = (nil, false) }
          return recent.failure != nil
        }
        if hasFailed { onResult(nil, false) }
        retries.reset()
      } catch {
        database = nil
        note(IndexError(error))
        let isClosing = recent.wait(
          upTo: retries.next(), until: \.isClosing, then: \.isClosing)
        if isClosing { return }
      }
    }
  }

  /// - Returns: the database as it is now.
  private func carryOut(_ job: IndexJob, on open: IndexDatabase?) throws -> IndexDatabase {
    let database: IndexDatabase
    switch job {
    case .makeAnew(let reason):
      onResult(.damaged(message: "it is made anew: \(reason)"), true)
      database = try makeAnew()
      recent.update { $0.failure = $0.failure ?? .damaged(message: reason) }
    case .store(let entries):
      database = try open ?? IndexDatabase(path: path)
      // An attempt that failed may have come to its end all the same.
      if entries.end.map({ $0 > database.end }) ?? true { try database.add(entries) }
    case .tidy:
      database = try open ?? IndexDatabase(path: path)
      if open != nil { try database.tidy() }
    }
    // Only now may entries in memory be forgotten and merged blocks be removed.
    lookups.withLock { $0.reader?.runs = database.runs }
    recent.update { $0.storing = nil }
    return database
  }

  private func makeAnew() throws -> IndexDatabase {
    lookups.withLock { $0.reader = nil }
    // What is in memory is in the log, too, and comes from there.
    let (end, chain) = recent.withLock { recent in
      recent.storing = nil
      recent.pending = IndexEntries(reservingWeight: runWeight)
      return (recent.end, recent.chain)
    }
    let database = try rebuild(end, chain) { [recent] in recent.withLock { $0.isClosing } }
    let reader = try IndexReader(path: path, runs: database.runs)
    recent.withLock { $0.damage = nil }
    lookups.withLock { if !$0.isClosed { $0.reader = reader } }
    return database
  }

  private func note(_ error: IndexError) {
    let isRefusing = recent.update { recent in
      recent.failure = error
      if case .damaged(let reason) = error { recent.damage = recent.damage ?? reason }
      return recent.refusal != nil
    }
    onResult(error, isRefusing)
  }

  /// Waits for work.
  ///
  /// - Parameter isRetrying: whether the last attempt failed, so that there is something to do.
  /// - Returns: `nil` at the end.
  private func next(isTidy: Bool, isRetrying: Bool) -> IndexJob? {
    recent.wait(
      until: {
        !isTidy || isRetrying || $0.pending.weight >= runWeight || $0.isClosing
          || $0.damage != nil
      },
      then: { recent in
        if let reason = recent.damage { return recent.isClosing ? nil : .makeAnew(reason: reason) }
        if let storing = recent.storing { return .store(storing) }
        if recent.isClosing && recent.pending.isEmpty { return nil }
        guard recent.isClosing || recent.pending.weight >= runWeight else { return .tidy }
        recent.storing = recent.pending
        recent.pending = IndexEntries(reservingWeight: runWeight)
        return recent.storing.map { .store($0) }
      })
  }
}
