import Cryptography
import Domain
import EventSourcing
public import Events

extension SubmittedCommand {
  /// Two commands with one id are the same command if this hash is equal: the first 16 bytes of the
  /// SHA-256 of the canonical content, without the id and with empty personal texts, which are
  /// compared with a keyed hash (``CommandHash``).
  public var contentHash: CommandHash {
    guard case .return(.requestReturn(var request)) = command, request.customerWords != nil else {
      return contentHashWithWords
    }
    for index in request.lines.indices where request.lines[index].reason.description != nil {
      request.lines[index].reason.description = ""
    }
    var impersonal = self
    impersonal.command = .requestReturn(request)
    return impersonal.contentHashWithWords
  }

  /// The hash of older histories, in which a customer's words about a return were not personal.
  var contentHashWithWords: CommandHash {
    var content: [UInt8] = []
    var impersonal = self
    impersonal.command.mapPersonal { _, _, _ in "" }
    impersonal.writeContent(to: &content)
    return CommandHash(digest: SHA256.hash(content).bytes)
  }

  /// The customer's words about a return, and the customer, who follows from the case.
  func customerWords(
    in repository: () throws -> Repository
  ) throws -> (text: String, subject: String)? {
    guard case .return(.requestReturn(let request)) = command,
      let text = request.customerWords
    else {
      return nil
    }
    let customer = try repository().supportCase(request.caseID).customerID
    return customer.map { (text, $0.rawValue) }
  }
}
