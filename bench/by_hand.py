"""The documented procedure, by careful hands that never wait for nothing: each look follows the last by 100 ms.

Order of NocoBase's documentation on operating a cluster: suspend the service (503 page, stop all nodes), back up, change
the version, start one node, wait until it is upgraded, verify, start the others, wait for all, traffic back. Going back:
stop, restore the dump, previous version, one node, wait, the others, traffic back.
"""

import time

from scene import NEW, OLD, docker

BACKUP = "/var/lib/postgresql/data/by-hand.sql.gz"


class ByHand:
    def __init__(self, scene):
        self.scene, self.began, self.stages = scene, time.time(), {}

    def stage(self, name):
        self.stages[name] = round(time.time() - self.began, 2)

    def until_verified(self):
        self.began = time.time()
        self.scene.route_to_page()
        docker("stop", *self.scene.nodes)
        self.stage("all stopped")
        self.in_database(f"pg_dump -h 127.0.0.1 -U postgres nocobase | gzip > {BACKUP}")
        self.stage("backed up")
        docker("rm", *self.scene.nodes)
        self.scene.make_nodes(NEW)

    def upgrade(self):
        self.until_verified()
        self.scene.start_one_then_others(NEW, self.stage)
        self.scene.route_to_nodes()
        self.stage("cluster routed")

    def upgrade_first_node_only(self):
        self.until_verified()
        docker("start", self.scene.nodes[0])
        self.scene.ready(self.scene.nodes[0], NEW)

    def roll_back(self):
        """From the decision on. The upgraded first node runs, the others have never been started."""
        self.began, self.stages = time.time(), {}
        docker("stop", *self.scene.nodes)
        self.stage("all stopped")
        self.in_database("dropdb -h 127.0.0.1 -U postgres --force nocobase;"
                         " createdb -h 127.0.0.1 -U postgres -O nocobase nocobase;"
                         f" gunzip -c {BACKUP} | psql -h 127.0.0.1 -U postgres -qX -v ON_ERROR_STOP=1 nocobase > /dev/null")
        self.stage("restored")
        docker("rm", *self.scene.nodes)
        self.scene.make_nodes(OLD)
        self.scene.start_one_then_others(OLD, self.stage)
        self.scene.route_to_nodes()
        self.stage("cluster routed")

    def in_database(self, script):
        docker("exec", self.scene.database, "bash", "-o", "pipefail", "-ec", script)
