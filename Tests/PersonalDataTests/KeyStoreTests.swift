import EventSourcing
import Foundation
import PersonalData
import SQLite
import Synchronization
import Testing

private let acme = TenantID(unchecked: "acme")

private func person(_ number: Int) -> Person { Person("cus_\(number)", of: acme) }

private func key(of person: Person) -> WrappedKey {
  WrappedKey(person: person, since: .first, master: 1, bytes: Array(person.subject.utf8))
}

struct `keys.sqlite` {
  private let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("keys-\(UUID().uuidString).sqlite").path

  /// The persons of the file are read in the background, and none may be denied before, meanwhile
  /// or after.
  @Test func `never denies a person who is in it, also right after opening`() throws {
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    do {
      let store = try SQLiteKeyStore(path: path, mode: .readWrite)
      try store.keep((0..<5_000).map { key(of: person($0)) })
      for number in 0..<100 {
        try store.erase(
          KeyErasure(person: person(number), position: .first, fingerprint: nil))
      }
      // Erased without ever having had a key.
      try store.erase(KeyErasure(person: person(9_000), position: .first, fingerprint: nil))
    }
    let reading = Mutex<(@Sendable () -> Void)?>(nil)
    let store = try SQLiteKeyStore(path: path, mode: .readWrite) { work in
      reading.withLock { $0 = work }
    }
    for round in 0..<5 { try check(store, round) }
    let read = try #require(reading.withLock { $0 })
    let end = DispatchGroup()
    DispatchQueue.global().async(group: end, execute: read)
    var round = 5
    repeat {
      try check(store, round)
      round += 1
    } while end.wait(timeout: .now()) == .timedOut
    for round in round..<round + 5 { try check(store, round) }
  }

  /// Looks some of the persons up, and adds one.
  private func check(_ store: SQLiteKeyStore, _ round: Int) throws {
    for number in [round % 100, 9_000] {
      #expect(try store.record(of: person(number)) == .erased)
    }
    for number in stride(from: 100 + round % 20, to: 5_000, by: 20) {
      #expect(try store.record(of: person(number)) == .key(key(of: person(number))))
    }
    for number in 10_000..<10_100 { #expect(try store.record(of: person(number)) == nil) }
    try store.keep([key(of: person(20_000 + round))])
    #expect(try store.record(of: person(20_000 + round)) == .key(key(of: person(20_000 + round))))
  }
}
