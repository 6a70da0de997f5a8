-- By which a message travels: each channel of a queue has workers of its own.
alter table outbox add column channel text not null default 'email' check (channel in ('email', 'webhook'));
drop index outbox_due;
create index outbox_due on outbox (queue, channel, due_at, id) where finished_at is null;
drop index outbox_attempted;
create index outbox_attempted on outbox (queue, channel, attempted_at) where finished_at is null;
-- For the job that forgets letters which nobody looks at any more.
create index outbox_finished on outbox (finished_at) where queue = 'mail';
