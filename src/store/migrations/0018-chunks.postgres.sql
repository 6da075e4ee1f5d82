-- Chunks are compressed already: PostgreSQL need not try.

alter table chunks alter column bytes set storage external;
