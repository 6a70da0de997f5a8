-- Moves when a session ends or what an account may do changes: whoever let somebody in for longer than one request looks
-- again who may stay.
alter table house add column access_epoch bigint not null default 0;

-- Each opens one socket, once. Only its hash is kept.
create table socket_tickets (
    ticket_hash text primary key not null,
    token_hash  text not null,
    ends_at     timestamp not null
);
create index socket_tickets_ended on socket_tickets (ends_at);
