-- Deeds on everything that a search has found, in the background. What is still to be done lies in batches: the
-- transaction of a deed takes its messages out of the batch and writes what became of them.

create table jobs (
  id @id primary key,
  action text not null check (action in ('release', 'delete')),
  criteria text not null,
  as_of bigint not null,
  state text not null check (state in ('running', 'stopped', 'done', 'failed')),
  created_at bigint not null,
  created_by text not null,
  actor text not null,
  ended_at bigint,
  messages bigint not null,
  worked bigint not null,
  done bigint not null,
  refused bigint not null,
  failed bigint not null,
  recipients bigint not null,
  note text not null,
  problem text,
  leased_until bigint not null,
  leased_by text not null
);
create index jobs_running on jobs (id) where state = 'running';

create table job_batches (
  job_id bigint not null,
  n bigint not null,
  ids text not null,
  primary key (job_id, n)
) @clustered;

create table job_items (
  job_id bigint not null,
  message_id bigint not null,
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  text text not null,
  primary key (job_id, message_id)
) @clustered;
-- Few, and what people look for first.
create index job_items_undone on job_items (job_id, outcome, message_id) where outcome <> 'done';
