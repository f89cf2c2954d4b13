// The dependencies of a node: the folder, the clock, the disk, the payment gateway, the endpoints
// and the sender of its messages.

public import CommandHandling
public import Curl
import Domain
package import EventLog
public import EventSourcing
public import Gateways
import Glibc
public import HTTP
public import Operations
public import ProcessManagers
public import Service
public import Transparency

/// The parameters of a ``Node``.
public struct NodeConfiguration: Sendable {
  public var folder: DataFolder
  /// Who may come in over the Unix socket.
  public var principals = Principals(owner: getuid())
  /// How many requests callers may make.
  public var rates = RateSettings()
  /// How much is kept for each tenant.
  public var quotas = TenantQuotas()
  /// How many connections and feeds may be open.
  public var descriptors = DescriptorShares.all
  /// Tells people by their tokens; no token is accepted if `nil`.
  public var tokens: PersonTokens?
  /// Pays refunds.
  public var gateway: any PaymentGateway
  /// Whether it moves no money; pages, messages and `/readyz` say so.
  public var arePaymentsSimulated = false
  /// The sender of messages to customers and agents.
  public var sender: EmailAddress
  /// Takes the messages of the outbox; they wait there if `nil`.
  public var mailServer: MailServer?
  /// Who reaches the folder's files beside this user.
  public var fileGroups = FileGroups()
  /// The addresses of the service; a node without endpoints has no server.
  public var endpoints: [HTTPEndpoint] = []
  public var clock: @Sendable () -> Timestamp
  /// A clock that cannot be set, in microseconds, by which the other one is judged; `nil` believes
  /// every time.
  public var sinceBoot: (@Sendable () -> Int64)?
  /// How far the clock may jump.
  public var clockRule = ClockRule()
  /// The number of aggregates that the sequencer keeps in memory.
  public var aggregatesInMemory = 8_192
  /// Whether the node builds Merkle trees and signs checkpoints.
  public var isPublishingCheckpoints = true
  /// Who cosigns signed checkpoints.
  public var witnesses: [WitnessPolicy.Witness] = []
  /// Where signed checkpoints are copied; nowhere if `nil`.
  public var checkpointTarget: CheckpointTarget?
  /// Receives what the operator has to know.
  public var report: @Sendable (LogLine) -> Void
  /// Ends the process without acknowledging anything more.
  public var onFatal: @Sendable (String) -> Void
  /// How long a read waits for its read models to have `minPosition`.
  package var waitSeconds = 5.0
  /// Of the rules that decide.
  package var rulesVersion = RuleBook.version
  /// The disk of the log.
  package var fileSystem: any FileSystem = RealFileSystem()
  /// Where commands are decided, persons erased and refunds paid.
  package var schedule = WriteSide.Schedule.threads()

  public init(
    folder: DataFolder, gateway: any PaymentGateway, sender: EmailAddress,
    clock: @escaping @Sendable () -> Timestamp,
    report: @escaping @Sendable (LogLine) -> Void, onFatal: @escaping @Sendable (String) -> Void
  ) {
    self.folder = folder
    self.gateway = gateway
    self.sender = sender
    self.clock = clock
    self.report = report
    self.onFatal = onFatal
  }
}
