-- What the classes of version 0.2.0 made when the engine started, in their words, and a row in each table.

create table if not exists cluster_claim (
    cluster varchar(64) primary key,
    operation varchar(64) not null,
    procedure varchar(64) not null,
    who varchar(255) not null,
    since timestamptz not null,
    why text not null,
    process_instance varchar(64) not null);

create table if not exists cluster_plan (
    operation varchar(64) primary key,
    cluster varchar(64) not null,
    procedure varchar(64) not null,
    who varchar(255) not null,
    since timestamptz not null,
    why text not null,
    process_instance varchar(64) not null);

create or replace view cluster_shown as
select cluster, operation, procedure, who, since, why, process_instance, false as planned
  from cluster_claim
union all
(select distinct on (cluster) cluster, operation, procedure, who, since, why, process_instance, true
   from cluster_plan
  where cluster not in (select cluster from cluster_claim)
  order by cluster, since);

alter table cluster_claim add column if not exists node_limit varchar(8);

alter table cluster_claim add column if not exists node_limit_since timestamptz;

create table if not exists cluster_fence (
    cluster varchar(64) primary key,
    number bigint not null,
    token varchar(64),
    announced varchar(64),
    operation varchar(64) not null,
    held boolean not null,
    at timestamptz not null);

create table if not exists engine_identity (single boolean primary key default true check (single), id varchar(64) not null);

create table if not exists reminded_task (
    task varchar(64) primary key,
    reminded_at timestamptz not null);

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

create table if not exists downtime_part (
    downtime bigint not null references downtime on delete cascade,
    operation varchar(64) not null,
    left_at timestamptz,
    primary key (downtime, operation));

create unique index if not exists downtime_lasting on downtime (cluster) where until is null;

create index if not exists downtime_cluster on downtime (cluster, since);

create table if not exists remark (
    operation varchar(64) not null,
    key text not null,
    at timestamptz not null,
    text text not null,
    primary key (operation, key));

create table if not exists rehearsal_world (cluster varchar(24) primary key, state text not null, row_version bigint not null default 1);

create table if not exists restore_point (
  cluster  varchar(24) not null,
  id       varchar(40) not null,
  taken_at timestamp with time zone not null,
  state    varchar(16),
  record   text not null,
  primary key (cluster, id));

create table if not exists restore_point_replaced (
  cluster varchar(24) not null,
  id      varchar(40) not null,
  since   timestamp with time zone not null,
  record  text not null,
  primary key (cluster, id));

insert into cluster_claim values ('a', 'a-1', 'version-upgrade', 'otto', '2027-01-10T02:00:00Z', 'as agreed', 'p-1', 'FIRST', now());
insert into cluster_plan values ('b-1', 'b', 'version-upgrade', 'otto', '2027-01-10T02:00:00Z', 'as agreed', 'p-2');
insert into cluster_fence values ('a', 7, 'token', null, 'a-1', true, now());
insert into engine_identity (id) values ('this engine');
insert into reminded_task values ('t-1', now());
insert into decision (operation, task, task_name, person, decided_at, fields, words) values ('a-1', 't-1', 'Review plan', 'otto', now(), '{}', '{"a": "b"}');
insert into inventory values ('a-1', 'BEFORE', '{}');
insert into evidence (operation, page, summary) values ('a-1', '<html/>', '{}');
insert into run_measure values ('a-1', 'a', 4711, true, now());
insert into downtime (cluster, since, served_before, operation, work_operation, work_procedure, work_since) values ('a', now(), true, 'a-1', 'a-1', 'version-upgrade', now());
insert into downtime_part values (1, 'a-1', null);
insert into remark values ('a-1', 'key', now(), 'text');
insert into rehearsal_world (cluster, state) values ('a', '{}');
insert into restore_point values ('a', 'a-1', now(), 'VERIFIED', '{}');
insert into restore_point_replaced values ('a', 'a-1', now(), '{}');
