-- Mail of our own that waits to be sent; who gets digests, when, and what the last one ended with; the keys that sign
-- their links; and how often a link was opened.

create table posts (
  id @id primary key,
  kind text not null,
  recipient text not null,
  smtputf8 bigint not null,
  size bigint not null,
  content bytea not null,
  state text not null check (state in ('due', 'done', 'failed')),
  attempts bigint not null,
  next_at bigint not null,
  leased_until bigint not null,
  leased_by text not null,
  created_at bigint not null,
  ended_at bigint,
  reply text not null
);
create index posts_due on posts (next_at, id) where state = 'due';
create index posts_ended on posts (ended_at, id) where ended_at is not null;

create table digests (
  user_id bigint primary key,
  schedule text not null,
  plan text not null,
  next_at bigint,
  watermark bigint not null,
  sent_at bigint,
  leased_until bigint not null,
  leased_by text not null
);
create index digests_due on digests (next_at, user_id) where next_at is not null;

create table digest_keys (
  id bigint primary key,
  secret text not null,
  created_at bigint not null,
  needed_until bigint not null
);

create table digest_opens (
  user_id bigint not null,
  message_id bigint not null,
  action text not null,
  opens bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  acted_at bigint,
  expires_at bigint not null,
  primary key (user_id, message_id, action)
) @clustered;
create index digest_opens_expires on digest_opens (expires_at);
