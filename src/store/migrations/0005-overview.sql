-- What was held and what deliveries ended, counted by quarter-hours of UTC; the size of the store, day by day; scanners as
-- each process sees them.

create table tallies (
  bucket bigint not null,
  kind text not null check (kind in ('held', 'done', 'failed')),
  name text not null,
  count bigint not null,
  bytes bigint not null,
  primary key (bucket, kind, name)
) @clustered;

create table store_sizes (day bigint primary key, at bigint not null, bytes bigint not null);

create table scanner_health (
  process text not null,
  scanner text not null,
  at bigint not null,
  figures text not null,
  primary key (process, scanner)
);

-- Deliveries end in the order of time: a new one always goes to the end of this index.
create index deliveries_ended on deliveries (ended_at, state) where ended_at is not null;

-- With the size, so that an area is measured without a look at its messages.
drop index messages_area;
create index messages_area on messages (area, id, expired_at, size) where expired_at is null;
