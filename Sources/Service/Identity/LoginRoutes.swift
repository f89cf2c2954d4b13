// POST /v1/logins and GET /login/{link}: a user of the socket gets a link, and the link opens a
// session for the pages, once. HEAD, which programs send to look at a link, does not open it.

import EventSourcing
import HTML
import JSON
import Routing

struct LoginRoutes: Sendable {
  var identity: Identity

  private static let link = Parameter<String>(
    ParameterDeclaration(
      "link", in: .path, form: .text(byteCount: 1...100),
      expectation: "the end of a link that redress login printed")
  ) { $0.first.flatMap { (1...100).contains($0.utf8.count) ? $0 : nil } }

  var routes: [Route] {
    [
      Route(
        .post, "/v1/logins", "Makes a link that opens a session for pages, once.",
        access: .socketOnly, permission: .openSessions,
        answers: [
          .json(
            "Login",
            .object(["pages": .nullable(.text), "path": .text, "seconds": .wholeNumber]),
            .created)
        ]
      ) { [identity] call in
        // A session has the grant of the user; a person whom a service brings along has their own.
        guard let user = call.peer?.uid, call.header("authorization") == nil else {
          throw Problem(
            .notPermitted,
            detail: "A session is for a user of this machine; send the token with each request.")
        }
        let secret = identity.sessions.offer(
          to: Sessions.Owner(user: user, name: call.principal.name), at: call.receivedAt)
        return .json(
          .object([
            .init("pages", identity.pages.map { .string($0) } ?? .null),
            .init("path", .string("/login/\(secret)")),
            .init("seconds", .integer(Sessions.linkSeconds)),
          ]), status: .created)
      },
      Route(
        .get, "/login/{link}", "Opens a session and leads to the tenants.",
        kind: .page(navigation: nil), parameters: [Self.link],
        answers: [
          Answer(.seeOther, "", mediaType: ""), Answer(.gone, "Page", mediaType: "text/html"),
        ]
      ) { [identity] call in
        let (link, now) = (call[Self.link], call.receivedAt)
        if call.isHead, identity.sessions.has(link, at: now) { return .redirect(to: "/") }
        guard !call.isHead, let session = identity.sessions.open(link, at: now) else {
          throw Problem(
            .linkUsed,
            detail: "This link was used, or it is older than \(Sessions.linkSeconds / 60) minutes. "
              + "redress login --data DIR prints a new one.")
        }
        var reply = Reply.redirect(to: "/")
        reply.headers.append(("Set-Cookie", Self.cookie(session)))
        return reply
      },
    ]
  }

  private static func cookie(_ session: String) -> String {
    "\(Identity.cookie)=\(session); Path=/; HttpOnly; SameSite=Strict; "
      + "Max-Age=\(Sessions.sessionSeconds)"
  }
}
