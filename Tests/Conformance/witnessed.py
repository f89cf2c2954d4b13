#!/usr/bin/env python3
"""Proves that a witness cosigns the checkpoints of a service, that anybody can verify it, that a
witness which is down is asked again, and that it refuses a history that was rolled back or forked.
"""

import base64
import hashlib
import pathlib
import shutil
import socket
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import proof
import service as services
import shop
from proof import check, same


class Witness:
    """`redress monitor --witness`."""

    def __init__(self, folder, keys):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self.keys = keys
        self.said = folder.parent / "witness.said"
        self.start()

    def start(self):
        with open(self.said, "wb") as said:
            self.process = proof.start(
                [proof.REDRESS, "monitor", "--witness", self.address, "--key", self.keys,
                 "--state", self.folder], stdout=said, stderr=said)
        proof.wait_until(lambda: "add-checkpoint on" in self.said.read_text(),
                         "the witness starts")
        self.vkey = self.said.read_text().split("witness ")[1].split()[0]

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


def verified(note, vkey, folder):
    """Whether a note has a cosignature by a key: by the specification, with openssl."""
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    text, _, signatures = note.decode().rpartition("\n\n")
    for line in signatures.splitlines():
        _, signer, value = line.split(" ")
        value = base64.b64decode(value)
        if (signer, value[:4].hex()) != (name, key_id):
            continue
        time, signature = int.from_bytes(value[4:12], "big"), value[12:]
        (folder / "message").write_bytes(f"cosignature/v1\ntime {time}\n{text}\n".encode())
        (folder / "signature").write_bytes(signature)
        (folder / "key.der").write_bytes(
            bytes.fromhex("302a300506032b6570032100") + key[1:])
        return proof.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / "key.der",
             "-keyform", "DER", "-rawin", "-in", folder / "message",
             "-sigfile", folder / "signature"]).returncode == 0
    return False


def note(running):
    return (running.data / "log" / "checkpoints" / "acme").read_bytes()


def main():
    _, folder = proof.begin(__doc__.splitlines()[0])
    running = services.Service(folder / "data")
    running.accepted(shop.opening())
    proof.output([proof.REDRESS, "checkpoint", "--data", running.data])
    keys = folder / "keys"
    keys.write_text(proof.output([proof.REDRESS, "keys", "show", "--data", running.data]))
    same("the service stops well", running.stop(), 0)
    old = folder / "old"
    shutil.copytree(running.data, old, ignore=shutil.ignore_patterns("*.sock", "lock"))

    witness = Witness(folder / "witness", keys)
    name, key_id, key = witness.vkey.split("+", 2)
    key = base64.b64decode(key)
    same("the witness's key is a cosigner's, and its id follows", (key[0], key_id),
         (4, hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8]))
    policy = folder / "policy"
    policy.write_text(f"# ours\nwitness W {witness.vkey} http://{witness.address}\n")
    running.command += ["--witnesses", str(policy)]
    running.start()
    proof.wait_until(lambda: verified(note(running), witness.vkey, folder),
                     "the stored checkpoint is cosigned")
    given = running.get("/v1/checkpoint?tenant=acme").body
    same("and given out as it is stored", given, note(running))
    running.accepted([shop.order("lamp")])
    running.get("/v1/checkpoint?tenant=acme")
    proof.wait_until(
        lambda: b"\n2\n" not in note(running) and verified(note(running), witness.vkey, folder),
        "so is the next one, with a proof")

    same("the witness stops well", witness.stop(), 0)
    running.accepted([shop.order("chair")])
    running.get("/v1/checkpoint?tenant=acme")
    proof.wait_until(lambda: "witnesses fails and tries again" in
                     running.get("/readyz").body.decode(), "a witness that is down is said to be")
    vkey = witness.vkey
    witness.start()
    same("it keeps its key", witness.vkey, vkey)
    proof.wait_until(lambda: verified(note(running), vkey, folder), "and asked again")
    same("the service stops well", running.stop(), 0)

    fork = services.Service(old, "--witnesses", policy)
    proof.wait_until(lambda: "has cosigned" in fork.get("/readyz").body.decode(),
                     "a history that was rolled back is not cosigned")
    fork.accepted([shop.order(f"fork-{index}") for index in range(20)])
    fork.get("/v1/checkpoint?tenant=acme")
    proof.wait_until(lambda: "answers 422" in fork.get("/readyz").body.decode(),
                     "nor one that is another")
    check(not verified(note(fork), vkey, folder), "and its checkpoint stays without")
    same("it stops well", fork.stop(), 0)
    same("the witness stops well", witness.stop(), 0)
    policy.write_text("witness W\n")
    result = proof.run([proof.REDRESS, "serve", "--data", old, "--witnesses", policy])
    same("a policy that is none is refused", result.returncode, 2)
    check("line 1" in result.stderr.decode(), "with its line", result.stderr.decode())


main()
