"""A stand-in for a NocoBase node: the same environment, protocol and bad habits, ready in two seconds.

It is Python under NocoBase's file name, run by a link called "node", so that its process looks like the real one's.

Environment as for NocoBase: APP_KEY, DB_HOST, DB_PORT, DB_DATABASE, DB_USER, DB_PASSWORD, SKIP_SAME_VERSION_UPGRADE,
INIT_ROOT_EMAIL, INIT_ROOT_PASSWORD, APP_PUBLIC_PATH. Of its own:

STAND_IN_START_SECONDS  from the start of the process to ready (2)
STAND_IN_UPGRADE_SECONDS  how much longer a start is that installs, or upgrades to another version, in the middle of it (0)
STAND_IN_STOP_SECONDS   from SIGTERM to the end of the process (1)
STAND_IN_FAULT          a fault below, or "none", instead of the version's own
STAND_IN_BROKEN_NODES   names, separated by commas, of the nodes that broken-nodes breaks (app-3)
STAND_IN_NODE           the node's name (the container's host name)

Faults, and the version that has each of them:

2.2.17  broken-migration  its migration empties records, drops a column and then fails: APP_ERROR for good
2.2.18  never-ready       APP_COMMANDING for ever
2.2.19  exits             the container ends at once, exit code 1
2.2.20  broken-nodes      as never-ready, but on the broken nodes only
2.2.21  ignores-sigterm   the application process does not stop on SIGTERM
        garbage           200 and nonsense to every question

2.2.15 is the version to begin with; the migration of 2.2.16 adds the column "note" to records.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import traceback
import urllib.request
from datetime import timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2
from psycopg2.extensions import quote_ident

HOME = "/app/nocobase"
PORT = int(os.environ.get("APP_PORT", "13000"))
START_SECONDS = float(os.environ.get("STAND_IN_START_SECONDS", "2"))
UPGRADE_SECONDS = float(os.environ.get("STAND_IN_UPGRADE_SECONDS", "0"))
STOP_SECONDS = float(os.environ.get("STAND_IN_STOP_SECONDS", "1"))
APP_KEY = os.environ.get("APP_KEY", "")
# Everything is below it; elsewhere are pages alone, as the real one answers.
BELOW = ("/" + os.environ.get("APP_PUBLIC_PATH", "").strip("/")).rstrip("/")
NODE = os.environ.get("STAND_IN_NODE") or socket.gethostname()
BORN = time.monotonic()

with open(f"{HOME}/node_modules/@nocobase/server/package.json") as package:
    VERSION = json.load(package)["version"]

FAULTS = {
    "2.2.17": "broken-migration",
    "2.2.18": "never-ready",
    "2.2.19": "exits",
    "2.2.20": "broken-nodes",
    "2.2.21": "ignores-sigterm",
}
FAULT = os.environ.get("STAND_IN_FAULT") or FAULTS.get(VERSION, "none")

# Enabled by the installation, and again by every start that upgrades.
BUILT_IN = (
    "acl",
    "action-export",
    "auth",
    "backups",
    "data-source-main",
    "error-handler",
    "theme-editor",
    "users",
    "workflow",
)
# In the image, without a record before it is first enabled; a route that answers only where the plugin is loaded.
BUNDLED = {
    "localization": "localizationTexts:list",
    "map": "map-configuration:get",
    "public-forms": "publicForms:list",
}


def log(text, level="info"):
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} [{level}] {text}", flush=True)


def number(version):
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


class Database:
    """A connection for each piece of work, each statement committed: NocoBase's upgrade is no transaction either."""

    def __enter__(self):
        self.connection = connect()
        return self.connection.cursor()

    def __exit__(self, *_):
        self.connection.close()


def connect():
    connection = psycopg2.connect(
        host=os.environ.get("DB_HOST", "localhost"),
        port=os.environ.get("DB_PORT", "5432"),
        dbname=os.environ.get("DB_DATABASE", "nocobase"),
        user=os.environ.get("DB_USER", "nocobase"),
        password=os.environ.get("DB_PASSWORD", ""),
        connect_timeout=3,
        application_name="",
    )
    connection.autocommit = True
    return connection


class Application:
    """What the node is doing, as its health check tells it."""

    def __init__(self):
        self.ready = False
        self.code, self.message, self.command = "APP_NOT_FOUND", "application main not found", "start"
        self.loaded = set()
        self.pool = None

    def commanding(self, message, command="start"):  # "start" also while it installs or upgrades
        self.ready, self.code, self.message, self.command = False, "APP_COMMANDING", message, command
        log(message)

    def failed(self, error):
        self.ready, self.code, self.message = False, "APP_ERROR", str(error).strip()
        log(self.message, "error")

    def is_ready(self):
        self.ready, self.code, self.message = True, "ok", "ok"

    def error(self):
        status = 404 if self.code == "APP_NOT_FOUND" else 503
        command = {} if status == 404 else {"command": {"name": self.command}}
        return status, {"error": {"status": status, "maintaining": True, "message": self.message, **command, "code": self.code}}


app = Application()


def share_of_start(share):
    time.sleep(START_SECONDS * share)


def table_exists(cursor, table):
    cursor.execute("select to_regclass(%s)", (f'"{table}"',))
    return cursor.fetchone()[0] is not None


def database_version(cursor):
    if not table_exists(cursor, "applicationVersion"):
        return None
    cursor.execute('select value from "applicationVersion"')
    row = cursor.fetchone()
    return row[0] if row else "0.0.0"


def install():
    """No lock, exactly as in NocoBase: of three that install at once some fail for good."""
    app.commanding("installing app...")
    with Database() as cursor:
        share_of_start(0.1)
        cursor.execute('create table "migrations" (name varchar(255) primary key)')
        share_of_start(0.05)
        cursor.execute(
            'create table "applicationPlugins" (id bigserial primary key, "createdAt" timestamptz, "updatedAt" timestamptz,'
            ' name varchar(255) unique, "packageName" varchar(255) unique, version varchar(255), enabled boolean,'
            ' installed boolean, "builtIn" boolean, options json)'
        )
        cursor.execute(
            "create table users (id bigserial primary key, nickname varchar(255), email varchar(255) unique,"
            " password varchar(255))"
        )
        cursor.execute(
            "create table records (id bigserial primary key, \"createdAt\" timestamptz default now(), title text, body text)"
        )
        for name in BUILT_IN:
            record_plugin(cursor, name, True)
        share_of_start(0.05)
        cursor.execute(
            "insert into users (nickname, email, password) values ('Super Admin', %s, %s)",
            (os.environ.get("INIT_ROOT_EMAIL", "admin@nocobase.com"), os.environ.get("INIT_ROOT_PASSWORD", "admin123")),
        )
        for name in migrations("0.0.0"):
            if name == "20261001000000-add-note-to-records":
                cursor.execute("alter table records add column note text")
            cursor.execute('insert into "migrations" (name) values (%s)', (name,))
        time.sleep(UPGRADE_SECONDS)
        # Last of all: who sees this row sees a complete installation.
        cursor.execute(
            'create table "applicationVersion" (id bigserial primary key, value varchar(255))'
        )
        cursor.execute('insert into "applicationVersion" (value) values (%s)', (VERSION,))


def record_plugin(cursor, name, built_in):
    cursor.execute(
        'insert into "applicationPlugins" ("createdAt", "updatedAt", name, "packageName", version, enabled,'
        ' installed, "builtIn") values (now(), now(), %s, %s, %s, true, true, %s)',
        (name, f"@nocobase/plugin-{name}", VERSION, built_in),
    )


def migrations(since):
    known = [("2.2.10", "20260901000000-first"), ("2.2.16", "20261001000000-add-note-to-records")]
    return [name for version, name in known if number(since) < number(version) <= number(VERSION)]


def upgrade(current):
    """Not transactional: what was done before a failure stays done."""
    app.commanding("upgrading...")
    share_of_start(0.1)
    with Database() as cursor:
        for name in migrations(current):
            app.commanding(f"run migration {name}")
            cursor.execute('select 1 from "migrations" where name = %s', (name,))
            if cursor.fetchone():
                continue
            if name == "20261001000000-add-note-to-records":
                cursor.execute("alter table records add column if not exists note text")
            cursor.execute('insert into "migrations" (name) values (%s)', (name,))
        if FAULT == "broken-migration":
            cursor.execute("delete from records")
            cursor.execute("alter table records drop column if exists body")
            raise RuntimeError("migration 20261101000000-tidy-records failed: records were emptied and cannot be filled again")
        if current != VERSION:
            time.sleep(UPGRADE_SECONDS)
        cursor.execute('select name from "applicationPlugins" order by id')
        names = [row[0] for row in cursor.fetchall()]
        for name in names:
            cursor.execute(
                'update "applicationPlugins" set version = %s, "updatedAt" = now(), enabled = enabled or "builtIn"'
                " where name = %s",
                (VERSION, name),
            )
            share_of_start(0.1 / len(names))
        # Rewritten last, and absent for a moment. An older image does this to a newer database just as happily.
        cursor.execute('delete from "applicationVersion"')
        share_of_start(0.02)
        cursor.execute('insert into "applicationVersion" (value) values (%s)', (VERSION,))


def wait_for_database():
    attempt = 1
    while True:
        try:
            return connect()
        except psycopg2.OperationalError as error:
            log(f"attempt {attempt}/10: Unable to connect to the database: {str(error).strip()}", "warn")
            app.commanding(f"attempt {attempt}/10: Unable to connect to the database")
            attempt = min(attempt + 1, 10)
            time.sleep(0.5)


def never_ready():
    broken = set(filter(None, os.environ.get("STAND_IN_BROKEN_NODES", "app-3").split(",")))
    return FAULT == "never-ready" or FAULT == "broken-nodes" and NODE in broken


def prepare_storage():
    for folder in ("uploads", "plugins", "logs", "tmp", "apps/main"):
        os.makedirs(f"{HOME}/storage/{folder}", exist_ok=True)
    key = f"{HOME}/storage/apps/main/aes_key.dat"
    if not os.path.exists(key):
        with open(key, "wb") as file:
            file.write(os.urandom(32))


def start():
    share_of_start(0.02)
    app.commanding("app is starting")
    try:
        prepare_storage()
        # Kept open as a pool would: such sessions are in the way of whoever clones or renames the database.
        app.pool = wait_for_database()
        with Database() as cursor:
            current = database_version(cursor)
        forced = os.path.exists(f"{HOME}/storage/.upgrading")
        if current is None:
            install()
        elif current != VERSION or forced or os.environ.get("SKIP_SAME_VERSION_UPGRADE") != "true":
            upgrade(current)
            if forced:
                os.remove(f"{HOME}/storage/.upgrading")
        load_plugins()
        while never_ready():
            app.commanding("load plugin [workflow], 6/8")
            time.sleep(1)
        remaining = START_SECONDS - (time.monotonic() - BORN)
        time.sleep(max(remaining, 0))
        app.is_ready()
        log(f"app has been started, version {VERSION}")
    except Exception as error:  # whatever it is, the process stays, as NocoBase's does
        traceback.print_exc()
        app.failed(error)


def load_plugins():
    with Database() as cursor:
        cursor.execute('select name from "applicationPlugins" where enabled order by id')
        names = [row[0] for row in cursor.fetchall()]
    for position, name in enumerate(names, 1):
        app.commanding(f"load plugin [{name}], {position}/{len(names)}")
        share_of_start(0.1 / len(names))
    app.loaded = set(names)


def switch_plugin(name, enabled):
    """Answered at once, done later, and the other nodes learn nothing of it until they restart."""
    app.commanding(f"{'enabling' if enabled else 'disabling'} plugin {name}", f"pm:{'enable' if enabled else 'disable'}")

    def work():
        try:
            share_of_start(0.25)
            with Database() as cursor:
                cursor.execute(
                    'update "applicationPlugins" set enabled = %s, installed = installed or %s, "updatedAt" = now()'
                    " where name = %s",
                    (enabled, enabled, name),
                )
                if enabled and not cursor.rowcount and name in BUNDLED:
                    record_plugin(cursor, name, False)
            load_plugins()
            share_of_start(0.1)
            app.is_ready()
            log("app has been restarted")
        except Exception as error:
            app.failed(error)

    threading.Thread(target=work, daemon=True).start()


def sign(payload):
    return base64.urlsafe_b64encode(hmac.new(APP_KEY.encode(), payload.encode(), hashlib.sha256).digest()).decode()


def token_for(user):
    payload = base64.urlsafe_b64encode(json.dumps({"userId": user, "iat": int(time.time())}).encode()).decode()
    return f"{payload}.{sign(payload)}"


class Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.body = status, {"errors": [{"message": message, "code": code}]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave in two writes: without this the second waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def do_GET(self):
        self.handle_request()

    do_POST = do_GET
    do_PUT = do_GET
    do_DELETE = do_GET

    def handle_request(self):
        url = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(url.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            path = url.path[len(BELOW):] if url.path.startswith(BELOW + "/") else "/"
            if path == "/ws":
                return self.web_socket()
            if not path.startswith("/api/"):
                return self.answer(200, "<!DOCTYPE html><html><title>NocoBase stand-in</title></html>", "text/html")
            if FAULT == "garbage":
                return self.answer(200, "\x00 %$ nonsense <<", "text/plain")
            if not app.ready:
                status, error = app.error()
                log(f"{self.command} {url.path} {error['error']['code']}: {error['error']['message']}", "error")
                return self.answer(status, error)
            try:
                self.values = json.loads(body) if body else {}
            except ValueError:
                raise Refused(400, "BAD_REQUEST", "the body is not JSON")
            self.route(unquote(path[len("/api/"):]))
        except Refused as refused:
            self.answer(refused.status, refused.body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        except Exception as error:
            log(f"{self.command} {self.path}: {error}", "error")
            self.answer(500, {"errors": [{"message": str(error).strip()}]})

    def route(self, action):
        # Knows nothing of the database: it stays ok when that is gone.
        if action == "__health_check":
            return self.answer(200, "ok", "text/plain")
        if action == "app:getInfo":
            return self.data({"version": VERSION, "lang": "en-US", "name": "main", "database": {"dialect": "postgres"}})
        if action == "pm:listEnabled":
            # Neither versions nor flags here: those are in the database only.
            return self.data([
                {"name": p["name"], "packageName": p["packageName"], "options": None, "url": f"/static/plugins/{p['packageName']}"}
                for p in self.plugins()
                if p["enabled"]
            ])
        if action == "auth:signIn":
            return self.sign_in()
        owners = [name for name, route in BUNDLED.items() if route == action]
        if owners and owners[0] in app.loaded:
            self.signed_in()
            return self.data([])
        if action in ("pm:list", "pm:enable", "pm:disable", "records:create", "records:list", "app:refresh"):
            self.signed_in()
            return getattr(self, action.replace(":", "_"))()
        self.answer(404, "Not Found", "text/plain")

    def plugins(self):
        with Database() as cursor:
            cursor.execute(
                'select name, "packageName", version, enabled, installed, "builtIn" from "applicationPlugins" order by id'
            )
            return [
                dict(zip(("name", "packageName", "version", "enabled", "installed", "builtIn"), row)) for row in cursor
            ]

    def sign_in(self):
        account = self.values.get("account") or self.values.get("email")
        with Database() as cursor:
            cursor.execute("select id, nickname, email, password from users where email = %s", (account,))
            row = cursor.fetchone()
        if not row or row[3] != self.values.get("password"):
            return self.answer(401, {"errors": [{"message": "The username/email or password is incorrect, please re-enter"}]})
        self.data({"user": {"id": row[0], "nickname": row[1], "email": row[2]}, "token": token_for(row[0])})

    def signed_in(self):
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
        if not token:
            raise Refused(401, "EMPTY_TOKEN", "Unauthenticated. Please sign in to continue.")
        payload, _, signature = token.partition(".")
        if not hmac.compare_digest(signature, sign(payload)):
            raise Refused(401, "INVALID_TOKEN", "Your session has expired. Please sign in again.")

    def pm_list(self):
        self.data(self.plugins())

    def pm_enable(self):
        switch_plugin(self.query.get("filterByTk"), True)
        self.data({})

    def pm_disable(self):
        switch_plugin(self.query.get("filterByTk"), False)
        self.data({})

    def app_refresh(self):
        load_plugins()
        app.is_ready()
        self.data({})

    def records_create(self):
        with Database() as cursor:
            cursor.execute("select * from records limit 0")
            columns = [c.name for c in cursor.description if c.name in self.values]
            names = ", ".join(quote_ident(column, cursor) for column in columns)
            insert = f"({names}) values ({', '.join(['%s'] * len(columns))})" if columns else "default values"
            cursor.execute(f"insert into records {insert} returning *", [self.values[column] for column in columns])
            self.data(row_of(cursor, cursor.fetchone()))

    def records_list(self):
        page, size = int(self.query.get("page", 1)), int(self.query.get("pageSize", 20))
        with Database() as cursor:
            cursor.execute("select count(*) from records")
            count = cursor.fetchone()[0]
            cursor.execute("select * from records order by id limit %s offset %s", (size, (page - 1) * size))
            rows = [row_of(cursor, row) for row in cursor]
        self.answer(200, {"data": rows, "meta": {"count": count, "page": page, "pageSize": size, "totalPage": -(-count // size)}})

    def web_socket(self):
        key = self.headers.get("Sec-WebSocket-Key")
        if not key:
            return self.answer(400, "", "text/plain")
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        while self.connection.recv(4096):  # what clients say is of no interest, that they stay connected is
            pass

    def data(self, data):
        self.answer(200, {"data": data})

    def answer(self, status, body, kind="application/json"):
        text = (body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        if self.close_connection:
            # As Node.js does. Without it nginx 1.29.7 and newer keep the connection for a later request, which then fails.
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def instant(value):
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row_of(cursor, row):
    values = dict(zip((column.name for column in cursor.description), row))
    return {name: instant(value) if hasattr(value, "isoformat") else value for name, value in values.items()}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    # One server on all interfaces, as NocoBase's.
    allow_reuse_address = True

    def server_bind(self):
        # BaseHTTPServer's own looks up the host's name, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "stand-in", PORT


def serve():
    if FAULT == "exits":
        log("Error: Cannot find module '@nocobase/server'", "error")
        sys.exit(70)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if FAULT == "ignores-sigterm" else lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    # Until here nobody listens: connections are refused, or reset by a balancer's patience.
    if not stop.wait(START_SECONDS * 0.3):
        server = Server(("0.0.0.0", PORT), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=start, daemon=True).start()
        while not stop.wait(3600):
            pass
        log("app is stopping")
        threading.Thread(target=server.shutdown, daemon=True).start()
        server.socket.close()
        time.sleep(STOP_SECONDS)
    log("app has stopped")
    sys.stdout.flush()
    os._exit(0)


def call(method, path, token=None, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{BELOW}{path}", method=method, data=json.dumps(body).encode() if body is not None else None
    )
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response) if "json" in response.headers["Content-Type"] else response.read().decode()


def command_line(words):
    """yarn -s nocobase pm list|enable|disable: exits 0 even when it failed, as the real one does."""
    token = token_for(1)
    try:
        if words[:1] == ["list"]:
            plugins = [
                {"displayName": p["name"], "packageName": p["packageName"], "enabled": p["enabled"], "description": ""}
                for p in call("GET", "/api/pm:list", token)["data"]
            ]
            print("--- BEGIN_PLUGIN_LIST_JSON ---", json.dumps(plugins), "--- END_PLUGIN_LIST_JSON ---", sep="\n")
        elif words[:1] in (["enable"], ["disable"]):
            for name in words[1:]:
                call("POST", f"/api/pm:{words[0]}?filterByTk={name}", token)
                while not healthy():
                    time.sleep(0.1)
                if all(name != plugin["name"] for plugin in call("GET", "/api/pm:list", token)["data"]):
                    print(f"error: plugin {name} not found", file=sys.stderr)
        else:
            print(f"error: unknown command pm {' '.join(words)}", file=sys.stderr)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)


def healthy():
    try:
        return call("GET", "/api/__health_check") == "ok"
    except OSError:
        return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["pm"]:
        command_line(sys.argv[2:])
    else:
        serve()
