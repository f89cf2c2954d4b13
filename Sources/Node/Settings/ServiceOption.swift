// What `redress serve` can be told on its command line, by a variable of the environment and in
// redress.json alike. What must hold: the names of flag and variable follow from the key, so that
// an operator who knows one knows all, and a text is judged alike wherever it stands.

import Curl
import EventSourcing
import Gateways
import JSON
import ProcessManagers
import Service

/// One text that a service is started with.
public struct ServiceOption: Sendable {
  /// In redress.json, such as `mailFrom`.
  public let key: String
  public let summary: String
  /// `nil` where without it something is not done, or depends on the folder.
  public let fallback: String?
  /// Whether a relative path in redress.json is one from its folder.
  public let isPath: Bool
  /// The words that it can be, or a regular expression (JSON Schema), for the schema.
  let constraint: JSONValue.Member
  private let judge: @Sendable (String) -> String?

  private init(
    _ key: String, _ summary: String, fallback: String? = nil, isPath: Bool = false,
    _ constraint: JSONValue.Member, judge: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.key = key
    self.summary = summary
    self.fallback = fallback
    self.isPath = isPath
    self.constraint = constraint
    self.judge = judge
  }

  /// What is wrong with a text, as a predicate such as `is not HOST:PORT`; `nil` if it can be used.
  public func fault(of text: String) -> String? { text.isEmpty ? "is empty" : judge(text) }

  /// On the command line, such as `--mail-from`.
  public var flag: String { "--" + words(separator: "-") }

  /// In the environment, such as `REDRESS_MAIL_FROM`.
  public var variable: String { "REDRESS_" + words(separator: "_").uppercased() }

  private func words(separator: String) -> String {
    key.reduce(into: "") { text, character in
      text += character.isUppercase ? separator + character.lowercased() : String(character)
    }
  }
}

extension ServiceOption {
  public static let socket = ServiceOption(
    "socket", "The Unix socket for commands; redress.sock in the data folder by default.",
    isPath: true, .init("minLength", .integer(1)))

  public static let http = ServiceOption(
    "http", "A loopback address for pages and reads, such as 127.0.0.1:8080; none by default.",
    .init("pattern", .string(#"^(localhost|\[::1\]|127\.[0-9.]+):[0-9]{1,5}$"#))
  ) { text in
    do throws(LoopbackAddress.Fault) { _ = try LoopbackAddress(text) } catch {
      return error.description
    }
    return nil
  }

  public static let publish = ServiceOption(
    "publish", "Where each signed checkpoint is copied: a folder or a URL; nowhere by default.",
    isPath: true, .init("pattern", .string("^(https?://.+|(?!.*://).+)$"))
  ) { CheckpointTarget($0) == nil ? "is neither a folder nor an http or https URL" : nil }

  public static let witnesses = ServiceOption(
    "witnesses", "A file with the witnesses that cosign checkpoints; none by default.",
    isPath: true, .init("minLength", .integer(1)))

  /// What stands between the dots of an address (RFC 5322, section 3.2.3), and of its domain.
  private static let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
  private static let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

  public static let mailFrom = ServiceOption(
    "mailFrom", "The sender of messages to customers and agents.", fallback: "redress@localhost",
    .init(
      "pattern",
      .string("^(?=.{3,254}$)(?=[^@]{1,64}@)\(atom)(\\.\(atom))*@\(label)(\\.\(label))*$"))
  ) { EmailAddress($0) == nil ? "is not an e-mail address, such as refunds@example.com" : nil }

  public static let mailServer = ServiceOption(
    "mailServer",
    "The server that takes messages, such as smtps://mail.example.com:465; none by default, and "
      + "messages wait in the outbox.",
    .init("pattern", .string("^smtps?://([A-Za-z0-9.-]+|\\[[A-Za-z0-9.:-]+\\]):\(port)$"))
  ) { text in
    MailServer(url: text) == nil
      ? "is neither smtps://HOST:PORT nor smtp://HOST:PORT, such as smtps://mail.example.com:465"
      : nil
  }

  /// From 1 to 65535, as a regular expression.
  private static let port =
    "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"

  public static let mailLogin = ServiceOption(
    "mailLogin",
    "A file with the user and the password for the mail server, one line each; none by default.",
    isPath: true, .init("minLength", .integer(1)))

  public static let mailAuthorities = ServiceOption(
    "mailAuthorities",
    "A file of certificates (PEM) that may vouch for the mail server; the system's by default.",
    isPath: true, .init("minLength", .integer(1)))

  public static let gateway = ServiceOption(
    "gateway", "The payment gateway.", fallback: SimulatedPaymentGateway.name,
    .init("enum", .array(PaymentGateways.all.map { .string($0.name) }))
  ) { text in
    do { _ = try PaymentGateways.adapter(text) } catch { return "is none: \(error)" }
    return nil
  }

  public static let logFormat = ServiceOption(
    "logFormat", "How standard error has what happens.", fallback: LogLine.Format.text.rawValue,
    .init("enum", .array(LogLine.Format.allCases.map { .string($0.rawValue) }))
  ) { text in
    let all = LogLine.Format.allCases.map(\.rawValue)
    return all.contains(text) ? nil : "is none of \(all.joined(separator: ", "))"
  }

  /// In the order of the manual.
  public static let all = [
    socket, http, publish, witnesses, mailFrom, mailServer, mailLogin, mailAuthorities, gateway,
    logFormat,
  ]
}
