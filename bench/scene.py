"""A NocoBase cluster on the local Docker engine, as its owner would have made it: network, PostgreSQL, nginx, nodes.

Everything bears the scene's unique name and the label of the tests, and is removed by name at the end.
"""

import json
import secrets
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LABEL = "nocobase.procedures.test=true"
OLD, NEW = "2.2.15", "2.2.16"
PASSWORD = "secret-of-the-bench"
BYTES_PER_RECORD = 425  # with its indexes
ROUTES = "/etc/nginx/procedures"
HTTP = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def docker(*words, stdin=None, check=True):
    done = subprocess.run(["docker", *words], input=stdin, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"docker {' '.join(words[:4])} …: {done.stderr.strip()}")
    return done.stdout.strip()


def get(url, limit=1.0):
    """Status and body; 0 where nothing answered in time."""
    try:
        with HTTP.open(url, timeout=limit) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
    except OSError:
        return 0, ""
    except Exception:  # half an answer of a server that is going away
        return 0, ""


def until(what, condition, limit=600, pace=0.1):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(pace)
    raise TimeoutError(f"{what}: not within {limit} s")


class Scene:
    def __init__(self, image, nodes=3, environment=None, init=False, name=None):
        self.name = name or "bench" + secrets.token_hex(4)
        self.image, self.init = image, init
        self.nodes = [f"{self.name}-app-{number}" for number in range(1, nodes + 1)]
        self.database, self.nginx = f"{self.name}-db", f"{self.name}-nginx"
        self.engine_database = f"{self.name}-engine-db"
        self.environment = {
            "APP_KEY": PASSWORD, "APP_ENV": "production", "DB_DIALECT": "postgres", "DB_HOST": self.database,
            "DB_PORT": "5432", "DB_DATABASE": "nocobase", "DB_USER": "nocobase", "DB_PASSWORD": PASSWORD, "TZ": "UTC",
            "NOCOBASE_RUNNING_IN_DOCKER": "true", "LOGGER_TRANSPORT": "console", **(environment or {}),
        }

    # -- building and removing

    def build(self, size_gb):
        self.build_engine_database()
        self.make_volumes("storage", "routes", "restore-points")
        self.make_database(self.database, "db", "nocobase")
        self.run("local/nginx:1", self.nginx, f"routes:{ROUTES}", None,
                 f"-v{ROOT}/deploy/nginx/nginx.conf:/etc/nginx/nginx.conf:ro")
        self.make_nodes(OLD)
        # After an installation the first node has to start once more before others do; they collide otherwise.
        docker("start", self.nodes[0])
        self.ready(self.nodes[0], OLD)
        docker("stop", "-t", "1", self.nodes[0])
        self.fill(size_gb)
        self.sql("create database pristine template nocobase strategy file_copy", "postgres")
        self.sql("checkpoint")
        self.start_one_then_others(OLD)
        self.route_to_nodes()

    def build_engine_database(self):
        docker("network", "create", "--label", LABEL, self.name)
        self.make_database(self.engine_database, "engine-db", "engine")

    def make_volumes(self, *volumes):
        for volume in volumes:
            docker("volume", "create", "--label", LABEL, f"{self.name}-{volume}")

    def make_database(self, container, volume, role):
        self.make_volumes(volume)
        self.run("local/postgres:15", container, f"{volume}:/var/lib/postgresql/data", f"POSTGRES_PASSWORD={PASSWORD}",
                 "--shm-size=256m")
        until("PostgreSQL accepts connections", lambda: self.try_sql(container, "select 1"), 90)
        self.sql(f"create role {role} login createdb password '{PASSWORD}'", "postgres", container)
        self.sql(f"create database {role} owner {role}", "postgres", container)

    def run(self, image, name, volume, variable, *further):
        docker("run", "-d", "--label", LABEL, "--name", name, "--network", self.name, "-v", f"{self.name}-{volume}",
               *(["-e", variable] if variable else []), *further, image)

    def fill(self, size_gb):
        """Four tables as NocoBase makes a collection's: who and when, and an index for each association (a fact of its
        BelongsToField). The text compresses about as well as real text does."""
        rows = int(size_gb * 1e9 / 4 / BYTES_PER_RECORD)
        for number in range(1, 5):
            self.sql(f"""create table "archive{number}" (id bigserial primary key, "createdAt" timestamptz default now(),
                         "updatedAt" timestamptz default now(), "createdById" bigint, "updatedById" bigint,
                         "customerId" bigint, sort bigint, title varchar(255), status varchar(255), body text);
                         insert into "archive{number}" ("createdById", "updatedById", "customerId", sort, title, status, body)
                         select n % 50, n % 70, n % 9973, n, md5(n::text), 'open', (select string_agg(md5((n * 7 + part)::text), ' ')
                         from generate_series(1, 7) part) from generate_series(1, {rows}) n;
                         create index on archive{number} ("createdById"); create index on archive{number} ("updatedById");
                         create index on archive{number} ("customerId"); alter table archive{number} owner to nocobase""")
        self.sql("vacuum analyze")

    def remove(self):
        names = docker("ps", "-a", "--filter", f"name=^{self.name}-", "--format", "{{.Names}}").split()
        if names:
            docker("rm", "-fv", *names, check=False)
        for volume in docker("volume", "ls", "-q", "--filter", f"name={self.name}").split():
            docker("volume", "rm", volume, check=False)
        docker("network", "rm", self.name, check=False)

    # -- nodes

    def make_nodes(self, version):
        with ThreadPoolExecutor() as together:
            list(together.map(lambda node: self.make_node(node, version), self.nodes))

    def make_node(self, node, version):
        variables = [f"-e{key}={value}" for key, value in self.environment.items()]
        docker("create", "--label", LABEL, "--label", f"nocobase.cluster={self.name}", "--name", node, "--network",
               self.name, "--restart", "unless-stopped", *(["--init"] if self.init else []), "-v",
               f"{self.name}-storage:/app/nocobase/storage", *variables, f"-eSTAND_IN_NODE={node}",
               f"{self.image}:{version}")

    def address(self, container):
        networks = json.loads(docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", container))
        return networks[self.name]["IPAddress"]

    def ready(self, node, version):
        url = f"http://{self.address(node)}:13000/api/"
        until(f"{node} is healthy", lambda: get(url + "__health_check") == (200, "ok"))
        found = json.loads(get(url + "app:getInfo", 5)[1])["data"]["version"]
        if found != version:
            raise AssertionError(f"{node} runs {found} instead of {version}")

    def start_one_then_others(self, version, stage=lambda name: None):
        first, others = self.nodes[0], self.nodes[1:]
        docker("start", first)
        self.ready(first, version)
        stage("first node ready")
        if others:
            docker("start", *others)
            with ThreadPoolExecutor() as together:
                list(together.map(lambda node: self.ready(node, version), others))
        stage("others ready")

    # -- balancer

    def route_to_nodes(self):
        servers = " ".join(f"server {self.address(node)}:13000;" for node in self.nodes)
        self.route(f"upstream {self.name} {{ {servers} }} server {{ listen 80 default_server; location / {{"
                   f" proxy_pass http://{self.name}; proxy_set_header Host $host; }} }}")

    def route_to_page(self):
        self.route("server { listen 80 default_server; location / { return 503 'Maintenance'; } }")

    def route(self, configuration):
        docker("exec", "-i", self.nginx, "sh", "-ec", f"cat > {ROUTES}/{self.name}.conf; nginx -t -q; nginx -s reload",
               stdin=configuration)

    def clients_url(self):
        return f"http://{self.address(self.nginx)}/api/app:getInfo"

    # -- databases

    def sql(self, statement, database="nocobase", server=None):
        words = [word for part in statement.split(";") if part.strip() for word in ("-c", part.strip())]
        return docker("exec", server or self.database, "psql", "-h", "127.0.0.1", "-U", "postgres", "-qAtX", "-v",
                      "ON_ERROR_STOP=1", *words, database)

    def try_sql(self, server, statement):
        try:
            return self.sql(statement, "postgres", server)
        except RuntimeError:
            return ""

    def reset(self):
        """Three nodes of the old version on the first database, whatever was before; not measured."""
        docker("rm", "-f", *self.nodes, check=False)
        names = self.sql("select datname from pg_database where datname like 'nocobase%'", "postgres").split()
        for name in names:
            self.sql(f'drop database "{name}" (force)', "postgres")
        self.sql("create database nocobase owner nocobase template pristine strategy file_copy", "postgres")
        self.sql("checkpoint")
        self.make_nodes(OLD)
        self.start_one_then_others(OLD)
        self.route_to_nodes()
