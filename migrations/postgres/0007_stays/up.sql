-- Moves when a session ends or what an account may do changes: whoever let somebody in for longer than one request looks
-- again who may stay.
-- One row, and not a column of house: whoever moves it waits for nobody else.
create table access (
    id    integer primary key check (id = 1),
    epoch bigint not null
);
insert into access (id, epoch) values (1, 0);

-- Each opens one socket, once. Only its hash is kept.
create table socket_tickets (
    ticket_hash text primary key,
    token_hash  text not null,
    ends_at     timestamp not null
);
create index socket_tickets_ended on socket_tickets (ends_at);
