-- One line for each table: its name as JSON, how many rows it has in this transaction's snapshot, and its number.
select format('select %L, count(*), %s from only %I.%I', to_json(n.nspname || '.' || c.relname)::text, c.oid, n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
   and not exists (select 1 from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by n.nspname collate "C", c.relname collate "C"
\gexec
