import Cryptography
import Domain
import EventSourcing
public import Events

extension SubmittedCommand {
  /// What two commands with the same id must share to be the same command: the first 16 bytes of
  /// the SHA-256 of their canonical content, without the id and with every personal text empty,
  /// which is compared under the person's key (``CommandHash``).
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

  /// The same as it was while what a customer writes of a return was not personal yet.
  var contentHashWithWords: CommandHash {
    var content: [UInt8] = []
    var impersonal = self
    impersonal.command.mapPersonal { _, _, _ in "" }
    impersonal.writeContent(to: &content)
    return CommandHash(digest: SHA256.hash(content).bytes)
  }

  /// What the customer wrote of a return, and the customer, whom only its case names.
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
