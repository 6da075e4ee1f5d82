-- Domain administrators: accounts that see and touch the mail of some domains only. `domain_key` is a domain in lower
-- case, which means itself, or `*.` and a domain, which means all below it. Which roles there are is said in
-- access/roles.ts alone from now on: columns that could not hold another one are made anew.

create table account_domains (
  account_id bigint not null,
  domain_key text not null,
  primary key (account_id, domain_key)
) @clustered;

alter table accounts add column any_role text not null default 'auditor';
update accounts set any_role = role;
alter table accounts drop column role;
alter table accounts rename column any_role to role;

alter table api_keys add column any_role text not null default 'auditor';
update api_keys set any_role = role;
alter table api_keys drop column role;
alter table api_keys rename column any_role to role;
