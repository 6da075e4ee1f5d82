-- What search looks at. Keys are compared by code point, as the other engine does. GIN indexes take new rows on a
-- pending list, which autovacuum and the limit below keep short.

create extension if not exists pg_trgm;

create table entries (
  id bigint primary key,
  area bigint not null,
  reason bigint not null,
  rule bigint not null,
  scanner bigint not null,
  sender_key text collate "C" not null,
  subject_key text collate "C" not null,
  recipient_key text collate "C" not null,
  message_id_key text collate "C" not null,
  recipients_key text collate "C" not null,
  attachments_key text collate "C" not null
);
create index entries_sender on entries (sender_key, id);
create index entries_subject on entries (subject_key, id);
create index entries_recipient on entries (recipient_key, id);
create index entries_message_id on entries (message_id_key);
create index entries_reason on entries (reason, area, id);
create index entries_area on entries (area, id);
create index entries_rule on entries (rule, id);
create index entries_scanner on entries (scanner, id);
-- One index for all four: a search by two of them is one pass that skips along the rarer trigrams.
create index entries_grams on entries using gin (
  sender_key gin_trgm_ops, subject_key gin_trgm_ops, recipients_key gin_trgm_ops, attachments_key gin_trgm_ops
) with (gin_pending_list_limit = 1024);

create table entry_recipients (
  address_key text collate "C" not null,
  id bigint not null,
  primary key (address_key, id)
);
create index entry_recipients_id on entry_recipients (id);
