"""People with JSON Web Tokens, made with Python's standard library alone."""

import base64
import hashlib
import hmac
import json
import os
import signal
import time

import proof

ISSUER = "https://id.example.com/"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def accept(running, key):
    """Makes a service accept tokens under a key."""
    (running.data / "jwks.json").write_text(
        json.dumps({"keys": [{"kty": "oct", "k": encoded(key)}]}))
    (running.data / "redress.json").write_text(
        json.dumps({"tokens": {"issuer": ISSUER, "audience": "redress", "keys": "jwks.json"}}))
    running.process.send_signal(signal.SIGHUP)
    proof.wait_until(lambda: "redress.json was read again" in running.words(),
                     "the settings are read again")


def token(key, subject, role, tenants, **claims):
    """A token of five minutes."""
    now = int(time.time())
    payload = {"iss": ISSUER, "aud": "redress", "sub": subject, "nbf": now - 10, "exp": now + 300,
               "role": role, "tenants": tenants, **claims}
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "HS256"}, payload))
    return text + "." + encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())


def new_key():
    return os.urandom(32)
