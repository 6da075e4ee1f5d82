-- Copies in a state that few are in are found without looking at the others; held ones, the many, cost nothing here.
create index holdings_state on holdings (state, message_id) where state <> 'held';
