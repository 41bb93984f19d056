"""What of a cluster in production must be the same after a dry run: sessions, rows, files, databases, containers."""

import json

from scene import docker

# Names, owners and settings of databases, and which file each table is in: whatever was restored or rewritten shows here.
DATABASES = """
select coalesce(json_agg(d order by d.oid), '[]') from (
  select oid, datname, datdba, datistemplate, datallowconn, datconnlimit, datacl::text from pg_database) d
"""
FILES = "select oid, relfilenode from pg_class where relkind in ('r', 'i', 'S') and oid >= 16384 order by oid"
TABLES = "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables where schemaname = 'public' order by 1"
# Sessions that somebody else ended or that broke off, in NocoBase's own database, since its statistics began.
ENDED = "select sessions_killed + sessions_fatal + sessions_abandoned from pg_stat_database where datname = 'nocobase'"
# Logs are written by whoever runs. The folder itself notes when something was made and removed in it.
STORAGE = "cd /s; find . -mindepth 1 -path ./logs -prune -o -printf '%p %y %m %U:%G %s %T@\\n' -type f -exec sha256sum {} + | sort"


def look(scene):
    return {
        "databases": scene.sql(DATABASES), "files of tables": scene.sql(FILES), "rows": rows(scene),
        "sessions ended by force": scene.sql(ENDED),
        "storage": storage(scene), "containers": containers(scene),
    }


def rows(scene):
    """Each table's count and a sum over all that its rows say."""
    tables = scene.sql(TABLES).splitlines()
    return scene.sql(";".join(f"select '{table}', count(*), sum(hashtextextended(t::text, 0)) from {table} t" for table in tables))


def storage(scene):
    return docker("run", "--rm", "--network", "none", "-v", f"{scene.name}-storage:/s:ro", "--entrypoint", "sh",
                  "local/postgres:15", "-ec", STORAGE)


def containers(scene):
    """All of the scene, with what is made to be tried and left behind."""
    states = docker("ps", "-a", "--no-trunc", "--filter", f"name={scene.name}-", "--format", "{{.ID}} {{.Names}} {{.State}}")
    started = docker("inspect", "-f", "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}", *scene.nodes)
    return "\n".join(sorted(states.splitlines())) + "\n" + started


def changes(before, after):
    """What differs, in words."""
    found = []
    for what in before:
        if before[what] != after[what]:
            old, new = (set(look[what].splitlines()) for look in (before, after))
            found.append(f"{what}: {json.dumps(sorted(old ^ new))[:2000]}")
    return found
