// Wrapped keys in memory, for tests, simulations and benchmarks without a disk.

import Synchronization

/// A key store that ends with this object.
package final class KeysInMemory: PersonalKeyStore {
  private struct State {
    var keys: [Person: WrappedKey] = [:]
    /// Whether each erasure is complete.
    var erasures: [Person: Bool] = [:]
    var randomness: UInt64 = 0
  }

  private let state = Mutex(State())

  package init() {}

  /// Repeatable bytes: the same in each run with the same calls.
  fileprivate func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    state.withLock { state in
      for index in bytes.indices {
        state.randomness =
          state.randomness &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[index] = UInt8(truncatingIfNeeded: state.randomness >> 56)
      }
    }
  }

  package func record(of person: Person) -> KeyRecord? {
    state.withLock { state in
      if let key = state.keys[person] { return .key(key) }
      return state.erasures[person] == nil ? nil : .erased
    }
  }

  package func keep(_ keys: [WrappedKey]) {
    state.withLock { state in for key in keys { state.keys[key.person] = key } }
  }

  package func erase(_ erasure: KeyErasure) {
    state.withLock { state in
      state.keys[erasure.person] = nil
      state.erasures[erasure.person] = false
    }
  }

  package func markComplete(_ person: Person) { state.withLock { $0.erasures[person] = true } }

  package func isComplete(_ person: Person) -> Bool {
    state.withLock { $0.keys[person] == nil && $0.erasures[person] == true }
  }
}

extension PersonalVault {
  /// A vault for tests: its keys are predictable and end with the store.
  package convenience init(inMemory store: KeysInMemory = KeysInMemory(), keysInMemory: Int = 1_024)
  {
    self.init(
      masters: MasterKeys([1: Array(repeating: 7, count: 32)]), store: store,
      keysInMemory: keysInMemory, random: { store.fill($0) })
  }
}
