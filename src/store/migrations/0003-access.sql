-- First passwords, preferences, second factors, saved searches.

alter table accounts add column must_change_password bigint not null default 0;
alter table accounts add column preferences text not null default '{}';

create table second_factors (
  account_id bigint primary key,
  secret text not null,
  begun_at bigint not null,
  confirmed_at bigint,
  last_step bigint not null,
  recovery text not null
);

create table saved_searches (
  id @id primary key,
  account_id bigint not null,
  name text not null,
  name_key text not null,
  query text not null,
  shared bigint not null,
  created_at bigint not null,
  unique (account_id, name_key)
);
create index saved_searches_shared on saved_searches (name_key, id) where shared = 1;
