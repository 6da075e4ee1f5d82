-- Copies of a recipient that are no longer held, so that a list of his mail in some states looks at these alone; held
-- ones, the many, cost nothing here.

create index holdings_moved on holdings (address_key, message_id, state) where state <> 'held';
