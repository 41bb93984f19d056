-- Every table's data once more, as pg_dump writes them, each to a process of its own that sums them up. :half is 0 or 1.
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
\o /tmp/tell-again-:half
with data as (
  select c.oid, row_number() over (order by c.relpages desc, c.oid) as place,
         pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
           || coalesce((select ' (' || string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) || ')'
                          from pg_catalog.pg_attribute a
                         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '') as source
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
)
select E'\\o |sh /procedures/told.sh ' || oid || E'\ncopy ' || source || E' to stdout;\n\\o'
  from data where place % 2 = :half order by place;
\o
\i /tmp/tell-again-:half
