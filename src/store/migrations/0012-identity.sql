-- Wrong codes that were entered while a code was open: after some it is good no more. Letters to one address are counted.

alter table user_tokens add column attempts bigint not null default 0;
create index user_tokens_address on user_tokens (address_key, purpose, created_at);
