-- Copies of a recipient with all that his list is sorted, searched and filtered by, in one index: it is read without a
-- look at entries. Values that are too long for an index row are null there, and those of
-- a message that names its recipient twice. Whom a message was for is in its entry, so
-- the index by message goes.

alter table entry_recipients rename to old_recipients;

create table entry_recipients (
  address_key text collate "C" not null,
  id bigint not null,
  area bigint not null,
  reason bigint not null,
  sender_key text collate "C",
  subject_key text collate "C"
);
insert into entry_recipients
  select r.address_key, r.id, e.area, e.reason,
    case when octet_length(e.sender_key) <= 300 and times.named = 1 then e.sender_key end,
    case when octet_length(e.subject_key) <= 400 and times.named = 1 then e.subject_key end
  from old_recipients r join entries e on e.id = r.id
  cross join lateral (
    select count(*) as named from unnest(string_to_array(e.recipients_key, E'\n')) as o (key)
    where o.key = r.address_key
  ) times;
drop table old_recipients;
alter table entry_recipients
  add constraint entry_recipients_pkey primary key (address_key, id)
  include (area, reason, sender_key, subject_key);
