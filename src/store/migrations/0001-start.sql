-- Types that both engines read: text, bigint, double precision, bytea. @id is the type of a time-ordered primary key
-- (SQLite's row id is an "integer primary key"), @clustered stores a table in the order of its key where that exists.

create table meta (key text primary key, value text not null) @clustered;

create table labels (
  id bigint primary key,
  kind text not null,
  value text not null,
  unique (kind, value)
);

create table messages (
  id @id primary key,
  content_id bigint not null,
  via text not null,
  sender text not null,
  subject text not null,
  message_id text not null,
  area text not null,
  reason text not null,
  rule text not null,
  scanner text not null,
  explanation text not null,
  verdicts text not null,
  attachments text not null,
  authentication text not null,
  score double precision,
  size bigint not null,
  header_from text not null,
  header_to text not null,
  header_date text not null,
  body text not null,
  smtputf8 bigint not null,
  client_ip text not null,
  client_name text not null,
  helo text not null,
  protocol text not null,
  peer_ip text not null,
  expired_at bigint
);

create table holdings (
  message_id bigint not null,
  n bigint not null,
  address text not null,
  address_key text not null,
  parameters text not null,
  state text not null check (state in ('held', 'releasing', 'delivered', 'release-failed', 'deleted', 'expired')),
  changed_at bigint not null,
  changed_by text not null,
  release_id bigint,
  primary key (message_id, n)
) @clustered;

create table contents (
  id @id primary key,
  sha256 text not null,
  size bigint not null,
  chunks bigint not null,
  purged_at bigint
);

create table chunks (
  content_id bigint not null,
  n bigint not null,
  bytes bytea not null,
  primary key (content_id, n)
);

create table staging (content_id bigint primary key, started_at bigint not null);

create table releases (id @id primary key, at bigint not null, actor text not null, note text not null);

create table deliveries (
  id @id primary key,
  release_id bigint not null,
  message_id bigint not null,
  n bigint not null,
  address text not null,
  state text not null check (state in ('due', 'done', 'failed', 'cancelled')),
  attempts bigint not null,
  next_at bigint not null,
  leased_until bigint not null,
  leased_by text not null,
  created_at bigint not null,
  ended_at bigint
);
create index deliveries_due on deliveries (next_at, id) where state = 'due';
create index deliveries_message on deliveries (message_id, n);
create index deliveries_release on deliveries (release_id);
create index deliveries_failed on deliveries (id) where state = 'failed';
create index deliveries_cancelled on deliveries (id) where state = 'cancelled';

create table attempts (
  id @id primary key,
  delivery_id bigint not null,
  at bigint not null,
  took_ms bigint not null,
  outcome text not null,
  host text not null,
  tls text not null,
  code bigint,
  status text not null,
  reply text not null
);
create index attempts_delivery on attempts (delivery_id, id);

create table audit (
  seq @id primary key,
  at bigint not null,
  actor text not null,
  origin text not null,
  deed text not null,
  target text not null,
  details text not null,
  previous text not null,
  hash text not null
);
create index audit_target on audit (target, seq);

create table accounts (
  id @id primary key,
  name text not null,
  name_key text not null unique,
  role text not null check (role in ('administrator', 'operator', 'auditor')),
  password text not null,
  created_at bigint not null,
  disabled_at bigint
);

create table api_keys (
  id @id primary key,
  account_id bigint not null,
  name text not null,
  hash text not null unique,
  role text not null check (role in ('administrator', 'operator', 'auditor')),
  created_at bigint not null,
  expires_at bigint,
  used_at bigint,
  revoked_at bigint
);

create table sessions (
  hash text primary key,
  account_id bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  seen_at bigint not null,
  origin text not null
);

create table forgotten (id bigint primary key);

create index messages_content on messages (content_id);
create index messages_area on messages (area, id, expired_at) where expired_at is null;
create index messages_expired on messages (expired_at, id) where expired_at is not null;
create index holdings_deleted on holdings (changed_at, message_id) where state = 'deleted';
