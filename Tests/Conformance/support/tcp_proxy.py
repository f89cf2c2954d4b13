"""A port on the loopback address whose connections go to a Unix socket, for clients that speak TCP only.

The service sees them as the user that the proxy runs as.
"""

import socket
import threading


class Proxy:
    def __init__(self, path):
        self.path = str(path)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client):
        service = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        service.connect(self.path)
        back = threading.Thread(target=_copy, args=(service, client), daemon=True)
        back.start()
        _copy(client, service)
        back.join()
        client.close()
        service.close()


def _copy(source, target):
    """Passes on what comes until the end, and then the end."""
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
