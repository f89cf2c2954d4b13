// What an audit says: each control with its findings, what was replayed up to which checkpoint, by
// which program, and what was not checked. It holds for exactly this span of these tenants.

public import Cryptography
public import EventSourcing
public import Events

/// The report of one audit.
public struct AuditReport: Sendable {
  /// The program that made it.
  public var build: String
  public var from: AuditBound?
  public var to: AuditBound?
  public var tenants: [AuditedTenant] = []
  public var controls: [ControlResult] = []
  /// What administrators and operators changed in the span, in the order of positions.
  public var changes: [AdministrativeChange] = []
  public var unchecked: [UncheckedMatter] = []
  /// All commits and events that were replayed, of all tenants.
  public var commitCount = 0
  public var eventCount = 0
  /// The chain value after the last commit.
  public var chain = Digest.zero

  public var findings: [ControlFinding] { controls.flatMap(\.findings) }
}

/// A control with what it found.
public struct ControlResult: Sendable, Hashable {
  /// Lower-case words with hyphens.
  public var id: String
  public var statement: String
  /// The numbers in the rule book, or the names of rules without a number.
  public var rules: [String]
  /// How many things it examined.
  public var count = 0
  /// How many things of each kind it could not examine, and why.
  public var passedOver: [UncheckedMatter: Int] = [:]
  public var findings: [ControlFinding] = []
}

/// A place in a history where the statement of a control does not hold.
public struct ControlFinding: Sendable, Hashable {
  public var control: String
  public var tenant: TenantID
  public var positions: [Position]
  public var sentence: String
}

/// What was replayed of a tenant, and what of it the controls examined.
public struct AuditedTenant: Sendable, Equatable {
  /// The commits that were examined, from the first event of the first to the last of the last.
  public struct Span: Sendable, Hashable {
    public var positions: ClosedRange<Position>
    /// When these events were recorded.
    public var times: ClosedRange<Timestamp>
  }

  public var tenant: TenantID
  public var eventCount: Int
  /// `nil` where no commit lies in the span that was asked for.
  public var examined: Span?
  /// How many of its events a signed checkpoint covers; `nil` where none was checked.
  public var signedSize: UInt64?
  /// On which days it was signed; `nil` where no checkpoint was checked.
  public var signing: SigningRecord?
  /// What each control found in it, in the order of the report; empty for a back-test.
  public var outcomes: [ControlOutcome] = []
}

/// Something that the report says nothing about.
public struct UncheckedMatter: Sendable, Hashable {
  public var matter: String
  public var reason: String

  public init(_ matter: String, because reason: String) {
    (self.matter, self.reason) = (matter, reason)
  }
}
