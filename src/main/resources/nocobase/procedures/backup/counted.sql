-- Sequences and large objects: numbers, not names.
select (select count(*)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'S' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
           and not exists (select 1 from pg_depend d
                            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))
       || ' ' || (select count(*) from pg_largeobject_metadata);
