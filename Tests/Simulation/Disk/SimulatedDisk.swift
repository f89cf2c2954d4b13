// A disk in memory that does to unsynced data what real ones do, only much more often, and always
// the same for the same seed. What must hold: what was synced without an error survives, and
// nothing that happens here depends on time, threads or addresses.
//
// Paths below `SimulatedDisk.root` are simulated; all others, such as those of the derived index,
// are the real file system's.

import EventLog
internal import Glibc
internal import SeededRandom
internal import Synchronization

package final class SimulatedDisk: FileSystem {
  package static let root = "/simulated"

  struct State: Sendable {
    var folders: [String: Folder] = [:]
    var inodes: [Inode] = []
    var faults: [Fault] = []
    var callCount = 0
    var isDown = false
    /// The operations so far, while they are recorded.
    var operations: [Operation]?
    /// Decides what becomes of a sync that fails half way.
    var random: SplitMix64
  }

  private let state: Mutex<State>
  private let real = RealFileSystem()
  /// Called after every changing call, for taking images.
  private let onChange: Mutex<(@Sendable (Operation) -> Void)?> = Mutex(nil)

  package init(seed: UInt64) { state = Mutex(State(random: SplitMix64(seed: seed))) }

  private init(_ state: State) { self.state = Mutex(state) }

  /// The same disk at this moment, on its own from now on and without faults.
  package func copy() -> SimulatedDisk {
    var state = state.withLock { $0 }
    (state.faults, state.callCount, state.isDown, state.operations) = ([], 0, false, nil)
    return SimulatedDisk(state)
  }

  package func observeChanges(_ observer: (@Sendable (Operation) -> Void)?) {
    onChange.withLock { $0 = observer }
  }
}

// Faults and crashes.
extension SimulatedDisk {
  package var callCount: Int { state.withLock { $0.callCount } }

  package var isDown: Bool { state.withLock { $0.isDown } }

  /// Lets calls fail from now on, counted from the disk's first one.
  package func add(_ fault: Fault) { state.withLock { $0.faults.append(fault) } }

  /// Begins to write down what is asked for.
  package func record() { state.withLock { $0.operations = [] } }

  package var operations: [Operation] { state.withLock { $0.operations ?? [] } }

  /// Every call fails from now on.
  package func goDown() { state.withLock { $0.isDown = true } }

  /// Calls work again; nothing was lost but what was in the process.
  package func repair() {
    state.withLock { state in
      state.faults = []
      state.isDown = false
    }
  }

  /// The power fails and comes back.
  package func losePower(_ crash: Crash) {
    repair()
    state.withLock { state in
      var crash = crash
      for path in state.folders.keys.sorted() {
        if state.folders[path]!.isDurable || crash.keeps() {
          state.folders[path]!.isDurable = true
          state.folders[path]!.losePower(&crash)
        } else {
          state.folders[path] = nil
        }
      }
      for index in state.inodes.indices { state.inodes[index].losePower(&crash) }
    }
  }

  /// How many decisions a power failure would take now.
  package var undecidedCount: Int {
    state.withLock { state in
      state.inodes.reduce(0) { $0 + $1.unsyncedSectorCount }
        + state.folders.values.reduce(0) { $0 + $1.unsyncedCount + ($1.isDurable ? 0 : 1) }
    }
  }

  /// Counts a call, then lets it work or fail.
  func call<R: Sendable>(
    _ operation: Operation, _ path: String,
    failing: (inout State, Fault.Effect) -> Void = { _, _ in },
    _ body: (inout State) throws(LogError) -> R
  ) throws(LogError) -> R {
    let result: Result<R, LogError> = state.withLock { state in
      let number = state.callCount
      state.callCount += 1
      state.operations?.append(operation)
      func failure(_ errno: Int32) -> LogError {
        .io(operation: "\(operation)", path: path, errno: errno)
      }
      if state.isDown { return .failure(failure(Fault.io)) }
      let fault = state.faults.first { fault in
        fault.operations.contains(operation)
          && (fault.duration == .once ? fault.call == number : fault.call <= number)
      }
      guard let fault else {
        return Result { () throws(LogError) in try body(&state) }
      }
      if fault.isCrash { state.isDown = true }
      switch fault.effect {
      case .nothing: failing(&state, .nothing)
      case .everything: _ = try? body(&state)
      case .part: failing(&state, .part)
      }
      return .failure(failure(fault.errno))
    }
    if operation.isChange { onChange.withLock { $0 }?(operation) }
    return try result.get()
  }
}

// Looking at the medium, and damaging it.
extension SimulatedDisk {
  package func content(of path: String) -> [UInt8] {
    state.withLock { state in
      SimulatedDisk.inode(path, state).map { state.inodes[$0].cached } ?? []
    }
  }

  package func damage(_ path: String, _ bytes: [UInt8]) {
    state.withLock { state in
      guard let inode = SimulatedDisk.inode(path, state) else { return }
      state.inodes[inode].damage(bytes)
    }
  }

  static func inode(_ path: String, _ state: State) -> Int? {
    let (folder, name) = split(path)
    return state.folders[folder]?.cached[name]
  }

  static func split(_ path: String) -> (folder: String, name: String) {
    let slash = path.lastIndex(of: "/")!
    return (String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  func isSimulated(_ path: String) -> Bool { path.hasPrefix(SimulatedDisk.root) }

  var realFileSystem: RealFileSystem { real }
}
