-- People whose mail is held: who they are, for which addresses they may act, their sessions and single-use tokens; and
-- the services that answer them.

create table users (
  id @id primary key,
  name text not null,
  name_key text not null unique,
  display text not null,
  source text not null,
  password text not null,
  locale text not null,
  time_zone text not null,
  preferences text not null,
  created_at bigint not null,
  disabled_at bigint,
  seen_at bigint
);

create table user_addresses (
  user_id bigint not null,
  address_key text not null,
  address text not null,
  kind text not null check (kind in ('own', 'alias', 'delegated')),
  source text not null,
  added_by text not null,
  added_at bigint not null,
  primary key (user_id, address_key, source)
) @clustered;
create index user_addresses_address on user_addresses (address_key, user_id);

create table user_sessions (
  hash text primary key,
  user_id bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  seen_at bigint not null,
  origin text not null,
  method text not null
);
create index user_sessions_user on user_sessions (user_id, seen_at);
create index user_sessions_expires on user_sessions (expires_at);

create table user_tokens (
  hash text primary key,
  user_id bigint,
  address_key text not null,
  purpose text not null check (purpose in ('sign-in', 'invite', 'delegation')),
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index user_tokens_user on user_tokens (user_id, purpose);
create index user_tokens_expires on user_tokens (expires_at);

create table services (
  id @id primary key,
  kind text not null check (kind in ('primary', 'secondary')),
  host text not null,
  url text not null,
  fingerprint text not null,
  version text not null,
  started_at bigint not null,
  seen_at bigint not null
);
