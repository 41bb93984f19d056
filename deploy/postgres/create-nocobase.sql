-- Runs once, when the data volume of NocoBase's PostgreSQL is empty.
-- NocoBase's role is no superuser. CREATEDB: restore points are clones of the database, made on the server.
-- pg_monitor: whoever stands in a clone's way is named in full.
\getenv password NOCOBASE_DB_PASSWORD
CREATE ROLE nocobase LOGIN CREATEDB PASSWORD :'password';
GRANT pg_monitor TO nocobase;
CREATE DATABASE nocobase OWNER nocobase;
REVOKE CONNECT ON DATABASE nocobase FROM PUBLIC;
