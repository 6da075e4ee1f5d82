-- Users ask for copies that they may not release themselves. One open request a copy, which ends with whatever else
-- happens to the copy (holdings.ts).

create table requests (
  id @id primary key,
  message_id bigint not null,
  n bigint not null,
  address text not null,
  address_key text not null,
  user_id bigint not null,
  asked_by text not null,
  note text not null,
  asked_at bigint not null,
  state text not null check (state in ('open', 'approved', 'denied', 'withdrawn', 'void')),
  decided_by text not null,
  decided_at bigint,
  answer text not null
);
create unique index requests_open on requests (message_id, n) where state = 'open';
create index requests_waiting on requests (id) where state = 'open';
create index requests_message on requests (message_id, n, id);
create index requests_user on requests (user_id, id);
