-- The engine's own tables, beside those of Camunda. Up to version 0.2.0 each class made its table when the engine started; what
-- stands here finds those of every such database and adds only what they lack, so they and an empty database come out the same,
-- column for column. Once released this file is not changed any more: what comes next is V2.

-- "already exists, skipping" tells nobody anything.
set local client_min_messages = warning;

-- Claims on clusters and the nodes that may run meanwhile.

create table if not exists cluster_claim (
    cluster varchar(64) primary key,
    operation varchar(64) not null,
    procedure varchar(64) not null,
    who varchar(255) not null,
    since timestamptz not null,
    why text not null,
    process_instance varchar(64) not null);
alter table cluster_claim add column if not exists node_limit varchar(8);
alter table cluster_claim add column if not exists node_limit_since timestamptz;

create table if not exists cluster_plan (
    operation varchar(64) primary key,
    cluster varchar(64) not null,
    procedure varchar(64) not null,
    who varchar(255) not null,
    since timestamptz not null,
    why text not null,
    process_instance varchar(64) not null);

-- What is shown of a cluster: the procedure that holds it; where none does, the one that was planned first.
create or replace view cluster_shown as
select cluster, operation, procedure, who, since, why, process_instance, false as planned
  from cluster_claim
union all
(select distinct on (cluster) cluster, operation, procedure, who, since, why, process_instance, true
   from cluster_plan
  where cluster not in (select cluster from cluster_claim)
  order by cluster, since);

-- The clusters' fences, and which engine this is.

create table if not exists cluster_fence (
    cluster varchar(64) primary key,
    number bigint not null,
    token varchar(64),
    announced varchar(64),
    operation varchar(64) not null,
    held boolean not null,
    at timestamptz not null);

create table if not exists engine_identity (
    single boolean primary key default true check (single),
    id varchar(64) not null);

-- Tasks whose groups were reminded.

create table if not exists reminded_task (
    task varchar(64) primary key,
    reminded_at timestamptz not null);

-- What was decided, found, measured and remarked in procedures.

create table if not exists decision (
    id bigint generated always as identity primary key,
    operation varchar(64) not null,
    task varchar(64) not null,
    task_name text not null,
    person varchar(255) not null,
    decided_at timestamptz not null,
    fields text not null);
alter table decision add column if not exists words text not null default '{}';
create index if not exists decision_operation on decision (operation);

create table if not exists inventory (
    operation varchar(64) not null,
    taken varchar(6) not null,
    content text not null,
    primary key (operation, taken));

create table if not exists evidence (
    operation varchar(64) primary key,
    kept_at timestamptz not null default now(),
    page text not null);
alter table evidence add column if not exists summary text;

create table if not exists run_measure (
    operation varchar(64) primary key,
    cluster varchar(64) not null,
    database_size bigint,
    image_here boolean,
    measured_at timestamptz not null);
create index if not exists run_measure_cluster on run_measure (cluster, measured_at);

create table if not exists remark (
    operation varchar(64) not null,
    key text not null,
    at timestamptz not null,
    text text not null,
    primary key (operation, key));

-- Downtimes of clusters and the operations that had a part in them.

create table if not exists downtime (
    id bigint generated always as identity primary key,
    cluster varchar(64) not null,
    since timestamptz not null,
    served_before boolean not null,
    operation varchar(64) not null,
    until timestamptz,
    ended_by varchar(64),
    work_operation varchar(64) not null,
    work_procedure varchar(64) not null,
    work_since timestamptz not null,
    left_operation varchar(64),
    left_procedure varchar(255),
    left_at timestamptz,
    left_who varchar(255),
    left_outcome text,
    left_why text);
create unique index if not exists downtime_lasting on downtime (cluster) where until is null;
create index if not exists downtime_cluster on downtime (cluster, since);

create table if not exists downtime_part (
    downtime bigint not null references downtime on delete cascade,
    operation varchar(64) not null,
    left_at timestamptz,
    primary key (downtime, operation));

-- The catalogue of restore points.

create table if not exists restore_point (
    cluster varchar(24) not null,
    id varchar(40) not null,
    taken_at timestamp with time zone not null,
    state varchar(16),
    record text not null,
    primary key (cluster, id));

create table if not exists restore_point_replaced (
    cluster varchar(24) not null,
    id varchar(40) not null,
    since timestamp with time zone not null,
    record text not null,
    primary key (cluster, id));

-- The worlds of rehearsal clusters.

create table if not exists rehearsal_world (
    cluster varchar(24) primary key,
    state text not null,
    row_version bigint not null default 1);
