// What each kind of problem means and what a caller can do, for its page.

public import EventSourcing

extension ProblemType {
  public var advice: Advice {
    switch self {
    case .signInRequired:
      Advice(
        "The loopback address shows nothing but health without a session or a token.",
        "On the machine of the service, redress login prints a link that opens a session. Programs "
          + "send a token, or use the Unix socket.")
    case .tokenRefused:
      Advice(
        "The JSON Web Token of the request is not believed; the detail says why.",
        "Get a new token from the issuer that redress.json names, with the claims it asks for.")
    case .wrongSignature:
      Advice(
        "The signature of a webhook does not fit its body and the tenant's secret.",
        "Store the secret that the shop signs with: redress keys shopify.")
    case .unknownPrincipal:
      Advice(
        "The process at the other end of the socket runs as a user without a grant.",
        "An operator adds the user to the principals in redress.json.")
    case .notPermitted:
      Advice(
        "The grant of the principal does not have the permission that this needs.",
        "Ask an operator for the permission that the detail names, or leave the request out.")
    case .actorNotCovered:
      Advice(
        "The command names an actor that the principal may not speak for.",
        "Leave out actor, or name one of those that the grant covers.")
    case .otherShop:
      Advice(
        "A webhook comes from another shop than the tenant's.",
        "Send it to the tenant that this shop is connected to.")
    case .readOnly:
      Advice(
        "The loopback address answers GET and HEAD only.", "Send the request over the Unix socket.")
    case .socketOnly:
      Advice(
        "The route changes something or is personal, so it is answered on the Unix socket only.",
        "Send the request over the Unix socket.")
    case .otherSite:
      Advice(
        "A browser sent the request from a page of another site.",
        "Open the address itself, in the address bar.")
    case .wrongHost:
      Advice(
        "The Host of the request is not a name of the loopback address.",
        "Use localhost, 127.0.0.1 or [::1].")
    case .badRequest:
      Advice(
        "A parameter, a header or the body is not as the route declares it.",
        "Correct what the detail names; the page of the contract has every route's parameters.")
    case .malformedRequest:
      Advice("The request breaks HTTP/1.1.", "Correct the client; the detail says what was found.")
    case .malformedBody:
      Advice(
        "The body is not the JSON that the route takes.",
        "Correct what path and byte point at; the contract has the schema of the body.")
    case .malformedCommand:
      Advice(
        "The command is not JSON as its schema says. It was not recorded.",
        "Correct what path and byte point at. The corrected command may have the same id.")
    case .invalidCommand:
      Advice(
        "The command has a value that its schema cannot refuse. It was not recorded.",
        "Correct what path points at. The corrected command may have the same id.")
    case .invalidValue:
      Advice(
        "A parameter or the body has the form that the contract says, and a value that cannot be.",
        "Correct what the detail names.")
    case .notFound:
      Advice(
        "What the path or a parameter names does not exist, or is not the caller's to see.",
        "Correct the name. What was just recorded is seen by reads with minPosition.")
    case .unknownTenant:
      Advice(
        "The tenant of the command is not registered, or the grant does not name it.",
        "Correct tenant, or register it with RegisterTenant.")
    case .methodNotAllowed:
      Advice("The path exists, but not with this method.", "Use a method that Allow names.")
    case .unsupportedMediaType:
      Advice(
        "The route does not take a body of this Content-Type.",
        "Send one of the media types that the detail names.")
    case .expectationFailed:
      Advice("The service meets no expectation.", "Leave out the header Expect.")
    case .tooSlow:
      Advice("The request took too long to arrive.", "Send it again without a pause.")
    case .tooManyRequests:
      Advice(
        "The caller makes more requests than its rate allows. Nothing was done.",
        "Send the same again after Retry-After seconds; an operator sets rates in redress.json.")
    case .headTooLarge:
      Advice(
        "The request line and the headers are too large together.", "Shorten the query or headers.")
    case .requestTooLarge:
      Advice(
        "The body is larger than the route takes.", "Send several requests, or a smaller body.")
    case .noBodyExpected:
      Advice("The route takes no body.", "Send the request without one.")
    case .commandTooLarge:
      Advice("A command has at most 1 MiB. It was not recorded.", "Send less in one command.")
    case .tooManyCommands:
      Advice(
        "The request carries more commands than one may. None of them was decided.",
        "Send several requests.")
    case .evidenceTooLarge:
      Advice("A piece of evidence has at most 10 MiB.", "Send a smaller file, or several.")
    case .wrongHash:
      Advice(
        "The body arrived with another SHA-256 than the request says. Nothing was kept.",
        "Send it again; if it happens again, hash the bytes that are sent.")
    case .notAnEntry:
      Advice(
        "The command is none that the service's own tools record.",
        "Send commands to POST /v1/commands.")
    case .commandIDReused:
      Advice(
        "The id of the command was used for a command with other content. Nothing was recorded.",
        "Use a new id for a new command; repeat a command with exactly its first content.")
    case .tenantSuspended:
      Advice(
        "The tenant is suspended: it takes no command but its reinstatement.",
        "Submit ReinstateTenant, or wait until the tenant is reinstated.")
    case .personErased:
      Advice(
        "The person was erased: personal data of them is neither kept nor given.",
        "Leave the person's data out; GET /v1/erasures/{subject} has the certificate.")
    case .linkUsed:
      Advice("A link opens one session, within a few minutes.", "Get a new one: redress login.")
    case .draftSubmitted:
      Advice(
        "The draft was submitted as a return and changes no more.", "Save a draft under a new id.")
    case .syncJobDiffers:
      Advice("The id belongs to another sync job.", "Begin the job under a new id.")
    case .syncJobEnded:
      Advice("The sync job has ended and reports nothing more.", "Begin a new job.")
    case .rebuildRunning:
      Advice("One rebuild runs at a time.", "Wait for it; redress status shows its progress.")
    case .clockNotRefused:
      Advice("The system's clock is believed.", "Nothing has to be accepted.")
    case .quotaExceeded:
      Advice(
        "The tenant has as much evidence, drafts or webhooks as is kept. Nothing more was kept.",
        "The detail names the quota. Let records go or expire, or ask an operator to raise quotas "
          + "in redress.json.")
    case .busy:
      Advice("The service has as many connections as it takes.", "Try again later.")
    case .stopping:
      Advice(
        "The service is stopping. The command was not recorded.",
        "Send the same command again, with the same id.")
    case .clockJumped:
      Advice(
        "The system's clock has jumped, so nothing is recorded.",
        "An operator sets the clock or accepts it: redress clock. Then send the same again.")
    case .historyContradicted:
      Advice(
        "The history does not extend what was signed, so the service only reads.",
        "An operator finds the right history; redress status gives the reason.")
    case .newerRules:
      Advice(
        "The tenant's history was written under newer rules than this program has.",
        "An operator starts the newer program.")
    case .storageFailing:
      Advice(
        "A file cannot be read or written at the moment: a full disk, or an error of it.",
        "Send the same again. The service tries by itself, and GET /readyz gives the reason.")
    case .notRecorded:
      Advice(
        "What is asked for has to be recorded first, and nothing can be at the moment.",
        "Try again later; GET /readyz gives the reason.")
    case .notThereYet:
      Advice(
        "The read model has not reached minPosition in time.",
        "Try again. If it has stopped, an operator rebuilds it: redress projections rebuild.")
    case .checkpointRefused:
      Advice(
        "The history does not fit the last signed checkpoint, so nothing is signed.",
        "An operator finds the right history; redress status gives the reason.")
    case .proofUnavailable:
      Advice(
        "The files that a proof is made of cannot be read.",
        "Try again later; the detail names the file.")
    case .erasureUnfinished:
      Advice(
        "The erasure is recorded, and a store still holds personal data.",
        "Ask for the certificate again; the detail says what is missing.")
    case .backtestRunning: Advice("One back-test runs at a time.", "Try again later.")
    case .backtestUnfinished:
      Advice(
        "The back-test took longer than a page may.",
        "Run redress backtest, which has no limit, or choose a span there.")
    case .rebuildFailed:
      Advice(
        "A read model could not be rebuilt; the old one serves on.",
        "The detail names the cause. Remove it and rebuild again.")
    case .keyMissing:
      Advice(
        "A person's key is missing, though the person was not erased.",
        "An operator puts back the copy of the keys that has it.")
    case .internalError:
      Advice(
        "The service failed to answer. Nothing says that a command was recorded or not.",
        "Standard error of the service has the cause. Send a command again with the same id.")
    }
  }
}
