#!/usr/bin/env python3
"""Proves that a token is worth what its issuer signed.

Tokens that are expired, early, of another issuer, for another audience, unsigned, signed with a public key as a
secret, or that bring their own keys, are refused in the same way over the socket and the loopback address. A good
one shows no tenant that the user who brings it may not see, and nothing at all to a user without a grant.
"""

import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import tokens
import users
from issuer import PROXY, bearer, begin, over_loopback, secret
from proof import check, same

STRANGER = 65_530


def refused_tokens(keys):
    now = int(time.time())
    other = secret(tokens.new_key())
    rs = {"alg": "RS256", "kid": "rs"}
    good = keys.token()
    yield from {
        "expired": keys.token(exp=now - 61), "not yet valid": keys.token(nbf=now + 120), "endless": keys.token(exp=None),
        "without a beginning": keys.token(nbf=None), "of another issuer": keys.token(iss="https://id.example.org/"),
        "for another audience": keys.token(aud="other"), "for none": keys.token(aud=None),
        "of another role": keys.token(role="owner"), "for a reserved tenant": keys.token(tenants=["_system"]),
        "for all tenants and one": keys.token(tenants=["*", "acme"]), "of a subject that is a path": keys.token(sub="ann/../ada"),
        "of two roles": keys.token(role=["admin", "agent"]), "signed with another secret": keys.token(sign=other),
        "unsigned": keys.token({"alg": "none"}, lambda _: b""), "unsigned, with a key": keys.token(
            {"alg": "none", "kid": "hs"}, lambda _: b""), "without a signature": good[:good.rindex(".") + 1],
        "with another's signature": good[:good.rindex(".")] + keys.token(sub="bob")[good.rindex("."):],
        "signed by one key, named by the other": keys.token({"alg": "RS256", "kid": "hs"}, keys.by_rsa),
        "with the secret, as RS256": keys.token(rs), "of a key that is not there": keys.token({"alg": "HS256", "kid": "x"}),
        "of a key that is a path": keys.token({"alg": "HS256", "kid": "../../dev/null"}, secret(b"")),
        "with an empty secret": keys.token(sign=secret(b"")),
        "with its own key": keys.token({"alg": "HS256", "jwk": {"kty": "oct", "k": tokens.encoded(b"x" * 32)}},
                                       secret(b"x" * 32)),
        "with an address of keys": keys.token({"alg": "HS256", "kid": "hs", "jku": "http://127.0.0.1/jwks.json"}),
        "with an unknown extension": keys.token({"alg": "HS256", "kid": "hs", "crit": ["b64"], "b64": False}),
        "of more than 8 KiB": keys.token(filling="x" * 9_000)}.items()
    for name, public in (("PEM", keys.pem), ("DER", keys.der), ("modulus", keys.modulus)):
        for kid in ({"kid": "rs"}, {"kid": "hs"}, {}):
            yield (f"signed with the public key's {name} as a secret, kid {kid.get('kid')}",
                   keys.token({"alg": "HS256", **kid}, secret(public)))


def tokens_are_refused(running, keys):
    target = "/v1/refunds?tenant=acme"
    for sentence, token in (("HS256", keys.token()), ("RS256", keys.token({"alg": "RS256", "kid": "rs"}, keys.by_rsa)),
                            ("expired within the leeway", keys.token(exp=int(time.time()) - 30))):
        same(f"a token is believed: {sentence}", (
            over_loopback(running, target, token).status,
            users.request_as(PROXY, running, "GET", target, headers=bearer(token)).status), (200, 200))
    count = 0
    for sentence, token in refused_tokens(keys):
        for answer in (over_loopback(running, target, token),
                       users.request_as(PROXY, running, "GET", target, headers=bearer(token))):
            if (answer.status, answer.json()["type"]) != (401, "/problems/token-refused") \
                    or token[20:60].encode() in answer.body:
                proof.fail(f"a token {sentence} is answered {answer.status}: {answer.body!r}")
        count += 1
    check(count > 30, f"{count} tokens are refused, over both ways")
    wide = keys.token(tenants=["acme", "zeta"])
    same("a token shows no tenant that its bearer may not see", [
        users.request_as(PROXY, running, "GET", f"/v1/refunds?tenant={tenant}", headers=bearer(wide)).status
        for tenant in ("acme", "zeta", "none")], [200, 404, 404])
    same("nor anything to a user without a grant",
         users.request_as(STRANGER, running, "GET", target, headers=bearer(keys.token())).status, 403)
    for name in ("access_token", "token", "jwt"):
        answer = over_loopback(running, f"{target}&{name}={keys.token()}", "")
        same(f"nor is one believed as the parameter {name}", answer.status, 401)


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    if users.are_missing():
        return proof.skip("people who are brought along by other users: only root can act as them")
    keys, running = begin(folder)
    tokens_are_refused(running, keys)
    same("the service stops well", running.stop(), 0)
    return None


main()
