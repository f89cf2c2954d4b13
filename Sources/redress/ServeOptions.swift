// What a service is started with, from texts that were judged, to values.

import Curl
import EventSourcing
import Foundation
import Gateways
import Glibc
import Node
import ProcessManagers
import Service
import Transparency

struct ServeOptions {
  let socket: String
  let http: LoopbackAddress?
  let checkpointTarget: CheckpointTarget?
  let witnesses: [WitnessPolicy.Witness]
  let sender: EmailAddress
  let mailServer: MailServer?
  let gateway: any PaymentGatewayAdapter.Type
  let logFormat: LogLine.Format
  let groups: FileGroups
  /// Whether only this user, and no other caller, can reach the socket.
  let isSocketBehindAuditors: Bool

  /// - Throws: a usage error for what cannot be used together, or a file that holds something else.
  init(
    _ values: OptionValues, _ settings: Settings, _ folder: DataFolder, _ manager: ServiceManager
  ) throws {
    let text = { (option: ServiceOption) in values.text(of: option, in: settings) }
    socket = try Self.socket(text(.socket), manager) ?? folder.path + "/redress.sock"
    http = try text(.http).map { try LoopbackAddress($0) }
    checkpointTarget = text(.publish).flatMap { CheckpointTarget($0) }
    witnesses = try text(.witnesses).map(Self.witnesses) ?? []
    gateway = try text(.gateway).map(PaymentGateways.adapter) ?? SimulatedPaymentGateway.self
    logFormat = text(.logFormat).flatMap { LogLine.Format(rawValue: $0) } ?? .text
    guard let sender = text(.mailFrom).flatMap({ EmailAddress($0) }) else {
      throw Stop.usage("mailFrom is missing")
    }
    self.sender = sender
    mailServer = try Self.mailServer(text)
    groups = try Self.groups(of: settings, folder, socket, manager)
    isSocketBehindAuditors =
      groups.socket == nil && manager.socketPath == nil
      && Self.isSocket(socket, directlyIn: folder)
      && (groups.auditors.map { $0.id != getegid() } ?? false)
  }

  /// - Throws: a usage error for groups that cannot be used, before any file is changed.
  private static func groups(
    of settings: Settings, _ folder: DataFolder, _ socket: String, _ manager: ServiceManager
  ) throws -> FileGroups {
    let groups: FileGroups
    do { groups = try settings.fileGroups() } catch { throw Stop.usage("\(error)") }
    guard let group = groups.socket else { return groups }
    if let path = manager.socketPath {
      throw Stop.usage(
        """
        \(folder.settings): $.files.socketGroup: \(group.name) is not possible where the service \
        manager hands over \(path); leave it out, and let SocketGroup= of its unit say the group
        """)
    }
    if let auditors = groups.auditors, auditors != group, isSocket(socket, directlyIn: folder) {
      throw Stop.usage(
        """
        \(folder.settings): $.files.socketGroup: \(group.name) cannot reach \(socket), because the \
        group of the folder around it is that of the auditors, \(auditors.name); put the socket \
        into another folder, such as "socket": "/run/redress/redress.sock", or name one group
        """)
    }
    return groups
  }

  private static func isSocket(_ socket: String, directlyIn folder: DataFolder) -> Bool {
    URL(filePath: socket).standardizedFileURL.deletingLastPathComponent().path
      == URL(filePath: folder.path).standardizedFileURL.path
  }

  /// - Returns: `nil` where neither an operator nor a service manager names one.
  private static func socket(_ given: String?, _ manager: ServiceManager) throws -> String? {
    guard let given, let other = manager.socketPath else { return given ?? manager.socketPath }
    throw Stop.usage(
      "the socket \(given) is not possible where the service manager hands over \(other); leave "
        + "out one of them")
  }

  /// - Throws: for a file that cannot be used, and for one without the server that it is for.
  private static func mailServer(_ text: (ServiceOption) -> String?) throws -> MailServer? {
    let (login, authorities) = (text(.mailLogin), text(.mailAuthorities))
    guard var server = text(.mailServer).flatMap({ MailServer(url: $0) }) else {
      for (option, value) in [(ServiceOption.mailLogin, login), (.mailAuthorities, authorities)] {
        guard let value else { continue }
        throw Stop.usage(
          "\(option.key) \(value) is of no use without mailServer; name the server, or leave it "
            + "out")
      }
      return nil
    }
    server.login = try login.map(Self.mailLogin)
    if let authorities {
      guard access(authorities, R_OK) == 0 else {
        throw Stop.unable("cannot read \(authorities): \(String(cString: strerror(errno)))")
      }
      server.authorities = authorities
    }
    return server
  }

  private static func mailLogin(in file: String) throws -> MailServer.Login {
    let bytes: [UInt8]
    do { bytes = try OwnFile.readSecret(file) } catch {
      throw Stop.unable("mailLogin \(file) \(error)")
    }
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 2 || lines.count == 3 && lines[2].isEmpty, !lines[0].isEmpty,
      !lines[1].isEmpty
    else {
      throw Stop.usage("mailLogin \(file) must have two lines: the user, and the password")
    }
    return MailServer.Login(user: String(lines[0]), password: String(lines[1]))
  }

  private static func witnesses(in file: String) throws -> [WitnessPolicy.Witness] {
    let text: String
    do { text = try String(contentsOf: URL(filePath: file), encoding: .utf8) } catch {
      throw Stop.unable("cannot read the policy \(describe(error))")
    }
    do { return try WitnessPolicy(text).witnesses } catch {
      throw Stop.usage("--witnesses \(file): \(error)")
    }
  }
}
