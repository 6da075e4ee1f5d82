-- Senders that users have approved or blocked. `changed` grows in the order of commits whenever a pattern is added.

create table senders (
  id @id primary key,
  user_id bigint not null,
  address_key text not null,
  kind text not null check (kind in ('approved', 'blocked')),
  pattern text not null,
  note text not null,
  created_at bigint not null,
  expires_at bigint,
  changed bigint not null,
  unique (user_id, address_key, pattern)
);
create index senders_changed on senders (changed);
