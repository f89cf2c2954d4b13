// Which aggregate an event belongs to, or a command is about, read off its stream's name.

public import EventSourcing
public import Events

/// The aggregate behind a stream.
public enum Subject: Hashable, Sendable {
  case tenant
  case customer(CustomerID)
  case order(OrderID)
  case supportCase(CaseID)
  case refund(RefundID)
  case hold(HoldID)
  case `return`(ReturnID)
  /// Whose data must go and whose must stay.
  case privacy
  /// What became of a command that a rule refused, or that changed nothing.
  case command(CommandID)

  /// - Returns: `nil` for a name that no schema's `x-stream` makes.
  public init?(_ stream: StreamName) {
    let name = stream.rawValue
    guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")) else {
      switch name {
      case "tenant": self = .tenant
      case "privacy": self = .privacy
      default: return nil
      }
      return
    }
    let id = String(name[name.index(after: slash)...])
    guard TenantID.isValid(id.utf8) else { return nil }
    switch name[..<slash] {
    case "customer": self = .customer(CustomerID(unchecked: id))
    case "order": self = .order(OrderID(unchecked: id))
    case "case": self = .supportCase(CaseID(unchecked: id))
    case "refund": self = .refund(RefundID(unchecked: id))
    case "hold": self = .hold(HoldID(unchecked: id))
    case "return": self = .return(ReturnID(unchecked: id))
    case "command": self = .command(CommandID(unchecked: id))
    default: return nil
    }
  }
}

extension Event {
  /// The aggregate this event belongs to.
  public var subject: Subject {
    guard let subject = Subject(stream) else {
      preconditionFailure("\(type) goes to \(stream), which is no aggregate's stream")
    }
    return subject
  }
}
