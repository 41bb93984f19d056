"""A node as the balancer sees one: ready at once, patient to order, with WebSockets. Stops without grace.

/api/hold is answered when somebody asks for /api/release.
"""

import base64
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

released = threading.Event()


class Node(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/ws":
            return self.web_socket()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/api/hold":
            released.clear()
            released.wait()
        if self.path == "/api/release":
            released.set()
        text = {"/api/__health_check": "ok", "/api/cookie": self.headers.get("Cookie", "none")}.get(self.path, "done")
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def web_socket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while self.connection.recv(1024):
            pass

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self):
        # BaseHTTPServer's own looks up the host's name, which can take seconds.
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "node", 13000


Server(("0.0.0.0", 13000), Node).serve_forever(0.05)
