#!/usr/bin/env python3
"""A mail server (aiosmtpd) that does what the words of a file say; the tests run it as a process.

mail_server.py PORT FOLDER PLAN [--host ADDRESS] [--tls CERTIFICATE KEY] [--at-once] [--login USER PASSWORD]

Each message that it takes is FOLDER/N.eml, with its envelope in the first line. --at-once begins with TLS.
PLAN is a file of lines `RECIPIENT REPLY`, read anew for each command: what RCPT answers for that recipient;
`* REPLY` is for what follows DATA, `- REPLY` for MAIL FROM.
"""

import argparse
import asyncio
import logging
import pathlib
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder, plan):
        self.folder = pathlib.Path(folder)
        self.plan = pathlib.Path(plan)
        self.count = len(list(self.folder.glob("*.eml")))

    def reply(self, word):
        for line in self.plan.read_text().splitlines():
            who, _, what = line.partition(" ")
            if who == word:
                return what
        return None

    async def handle_MAIL(self, server, session, envelope, address, options):
        refusal = self.reply("-")
        if refusal:
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.reply(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        refusal = self.reply("*")
        if refusal:
            return refusal
        self.count += 1
        head = f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)} {bool(session.ssl)}\r\n"
        # Whole or not there, for who counts them meanwhile.
        path = self.folder / f"{self.count}.part"
        path.write_bytes(head.encode() + envelope.content)
        path.rename(self.folder / f"{self.count}.eml")
        return "250 OK"


async def serve(arguments):
    options = {}
    context = None
    if arguments.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*arguments.tls)
        if not arguments.at_once:
            options.update(tls_context=context, require_starttls=True)
    if arguments.login:
        user, password = (word.encode() for word in arguments.login)

        def authenticator(server, session, envelope, mechanism, data):
            is_right = (data.login, data.password) == (user, password)
            return AuthResult(success=is_right, handled=False)

        options.update(authenticator=authenticator, auth_required=True,
                       auth_require_tls=bool(arguments.tls) and not arguments.at_once)
    handler = Handler(arguments.folder, arguments.plan)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mail.test", **options), arguments.host, arguments.port,
        ssl=context if arguments.at_once else None)
    print("listening", flush=True)
    await server.serve_forever()


def main():
    # What clients do wrong on purpose is no news, and neither is what the library will drop.
    logging.disable()
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder")
    parser.add_argument("plan")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--login", nargs=2)
    asyncio.run(serve(parser.parse_args()))


main()
