drop index outbox_finished;
drop index outbox_due;
drop index outbox_attempted;
delete from outbox where channel <> 'email';
alter table outbox drop column channel;
create index outbox_due on outbox (queue, due_at, id) where finished_at is null;
create index outbox_attempted on outbox (queue, attempted_at) where finished_at is null;
