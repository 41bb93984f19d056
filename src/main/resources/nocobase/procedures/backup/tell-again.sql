-- Every table's data once more, as pg_dump writes them, with the end that it gives their files, each to a process of its own that
-- sums them up.
set datestyle = 'ISO';
set intervalstyle = 'postgres';
set extra_float_digits = 3;
set synchronize_seqscans = off;
set row_security = off;
set statement_timeout = 0;
set lock_timeout = 0;
set idle_in_transaction_session_timeout = 0;
set search_path = '';
\pset footer off
\o /tmp/tell-again
select E'\\o |sh /procedures/told.sh ' || c.oid || E'\ncopy ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
         || coalesce((select ' (' || string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) || ')'
                        from pg_catalog.pg_attribute a
                       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '')
         || E' to stdout;\n\\qecho ''\\\\.\\n\\n''\n\\o'
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
 order by c.oid;
\o
\i /tmp/tell-again
