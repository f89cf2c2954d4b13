"""An issuer of tokens with two keys, and how people come with its tokens."""

import base64
import hashlib
import hmac
import http.client
import json
import time

import proof
import service as services
import shop
import tokens
import users

# A user that may bring people along.
PROXY = 65_531


class Issuer:
    """What the issuer has: a secret, and an RSA key whose public half is known to all."""

    def __init__(self, folder):
        self.secret, self.file = tokens.new_key(), folder / "rsa.pem"
        proof.output(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.file])
        public = folder / "public.pem"
        proof.output(["openssl", "pkey", "-in", self.file, "-pubout", "-out", public])
        said = proof.output(["openssl", "rsa", "-pubin", "-in", public, "-noout", "-modulus"])
        self.modulus = bytes.fromhex(said.strip().split("=")[1])
        self.pem = public.read_bytes()
        self.der = base64.b64decode("".join(self.pem.decode().split("\n")[1:-2]))

    def set(self):
        return {"keys": [
            {"kty": "oct", "kid": "hs", "k": tokens.encoded(self.secret)},
            {"kty": "RSA", "kid": "rs", "alg": "RS256", "n": tokens.encoded(self.modulus), "e": "AQAB"}]}

    def by_rsa(self, text):
        return proof.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=text).stdout

    def token(self, header=None, sign=None, **claims):
        """A good one of ann, an admin, but for what is changed; `None` leaves a claim out."""
        now = int(time.time())
        payload = {"iss": tokens.ISSUER, "aud": "redress", "sub": "ann", "nbf": now - 10, "exp": now + 300,
                   "role": "admin", "tenants": ["acme"]} | claims
        parts = [header or {"alg": "HS256", "kid": "hs"},
                 {name: value for name, value in payload.items() if value is not None}]
        text = ".".join(tokens.encoded(json.dumps(part).encode()) for part in parts).encode()
        return f"{text.decode()}.{tokens.encoded((sign or secret(self.secret))(text))}"

    def settings(self, data, principals):
        """Makes a service believe this issuer from its start."""
        services.make(data)
        (data / "jwks.json").write_text(json.dumps(self.set()))
        (data / "redress.json").write_text(json.dumps({
            "tokens": {"issuer": tokens.ISSUER, "audience": "redress", "keys": "jwks.json"},
            "rates": {"person": 10_000}, "principals": principals}))


def begin(folder):
    """An issuer, and a service with a paid refund that believes its tokens."""
    keys = Issuer(folder)
    keys.settings(folder / "data", [{"name": "proxy", "uid": PROXY, "tenants": ["acme"]}])
    running = services.Service(folder / "data", pages=True)
    users.open_to_others(running)
    shop.begin_with_paid_refund(running)
    return keys, running


def secret(key):
    return lambda text: hmac.new(key, text, hashlib.sha256).digest()


def over_loopback(running, target, token, **headers):
    connection = http.client.HTTPConnection(running.address.removeprefix("http://"), timeout=60)
    connection.request("GET", target, headers={"Authorization": f"Bearer {token}", **headers})
    answer = connection.getresponse()
    found = services.Answer(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
    connection.close()
    return found


def bearer(token):
    return {"Authorization": f"Bearer {token}"}
