-- One line "catalogue object" for each object that a complete dump lists; 0 stands for a table's data.
with outside as (
  select oid from pg_namespace
   where nspname !~ '^pg_' and nspname <> 'information_schema'
     and not exists (select 1 from pg_depend where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid and deptype = 'e')
), own as (
  select c.oid, c.relkind, c.relpersistence
    from pg_class c join outside on outside.oid = c.relnamespace
   where not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
select '1259 ' || oid from own where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
union all
select '0 ' || oid from own where relkind = 'r'
union all
select '1259 ' || i.indexrelid
  from pg_index i join own on own.oid = i.indrelid
 where own.relkind in ('r', 'p', 'm')
   and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
union all
select '2606 ' || c.oid
  from pg_constraint c join own on own.oid = c.conrelid
 where c.contype in ('p', 'u', 'x') or c.contype = 'f' and c.conparentid = 0
union all
select '2620 ' || t.oid
  from pg_trigger t join own on own.oid = t.tgrelid
 where not t.tgisinternal and t.tgparentid = 0
union all
select '1255 ' || p.oid
  from pg_proc p join outside on outside.oid = p.pronamespace
 where not exists (select 1 from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
union all
select '1247 ' || t.oid
  from pg_type t join outside on outside.oid = t.typnamespace
 where t.typtype in ('e', 'd')
   and not exists (select 1 from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
union all
select '3079 ' || oid from pg_extension where extname <> 'plpgsql'
union all
select '6104 ' || oid from pg_publication;
