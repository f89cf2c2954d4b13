"""Other users of the machine, whom only root can act as."""

import contextlib
import os

import proof
import service as services


def are_missing():
    """Whether this user cannot act as others."""
    return os.getuid() != 0


def open_to_others(service):
    """Lets other users reach the socket, as a group of its own would."""
    folder = service.data
    while folder != folder.parent:
        folder.chmod(folder.stat().st_mode | 0o011)
        folder = folder.parent
    service.socket.chmod(0o666)


def command_as(uid, *words):
    """The words of a program that runs as a user, without groups."""
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *words]


def run_as(uid, *words, **options):
    return proof.run(command_as(uid, *words), **options)


@contextlib.contextmanager
def connected_as(uid):
    """What connects meanwhile has this user at its other end. Not beside other threads."""
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)


def request_as(uid, service, method, target, body=None, headers=None):
    """One request over the socket, as a user."""
    connection = services.UnixConnection(service.socket)
    try:
        with connected_as(uid):
            connection.connect()
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return services.Answer(answer.status, named, answer.read())
    finally:
        connection.close()
