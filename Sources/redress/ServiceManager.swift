// What a service manager such as systemd gives and hears: listening sockets (sd_listen_fds(3)),
// the state of the service (sd_notify(3)) and the interval of its watchdog
// (sd_watchdog_enabled(3)). The protocol is four environment variables and one datagram for each
// state. What must hold: without a service manager, and where it has gone, nothing happens.

import EventSourcing
import Foundation
import Threading

struct ServiceManager: Sendable {
  enum State: Sendable {
    case ready, reloading, stopping, alive

    fileprivate var text: String {
      switch self {
      case .ready: "READY=1"
      case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Moment.now.microseconds)"
      case .stopping: "STOPPING=1"
      case .alive: "WATCHDOG=1"
      }
    }
  }

  /// The listening sockets that it handed over.
  let descriptors: [Int32]
  /// How long it waits for a sign of life; `nil` where it expects none.
  let watchdogInterval: Duration?
  private let address: String?

  /// - Parameter environment: of this process.
  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) {
    let isOurs = { (name: String) in environment[name].map { Int32($0) == getpid() } }
    let count = environment["LISTEN_FDS"].flatMap { Int32($0) } ?? 0
    descriptors = isOurs("LISTEN_PID") == true && count > 0 ? Array(3..<3 + count) : []
    let interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map(Duration.microseconds)
    watchdogInterval = isOurs("WATCHDOG_PID") != false ? interval : nil
    address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path of the first Unix socket that was handed over.
  var socketPath: String? { descriptors.lazy.compactMap(Self.path).first }

  /// Says what the service does now.
  func notify(_ state: State) {
    guard let address, var target = Self.target(address) else { return }
    let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { return }
    defer { close(file) }
    let bytes = Array(state.text.utf8)
    let size = MemoryLayout<sa_family_t>.size + address.utf8.count
    _ = withUnsafePointer(to: &target) { target in
      target.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(file, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t(size))
      }
    }
  }

  /// - Returns: `nil` for what no socket address holds; a name that begins with `@` is abstract.
  private static func target(_ address: String) -> sockaddr_un? {
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(address.utf8)
    guard let first = bytes.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first),
      bytes.count < MemoryLayout.size(ofValue: target.sun_path)
    else { return nil }
    if first == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: bytes) }
    return target
  }

  private static func path(_ descriptor: Int32) -> String? {
    var name = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafeMutablePointer(to: &name) { name in
      name.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard result == 0, name.sun_family == sa_family_t(AF_UNIX) else { return nil }
    let bytes = withUnsafeBytes(of: &name.sun_path) { Array($0.prefix { $0 != 0 }) }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
