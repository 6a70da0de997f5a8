-- Letters that wait to be sent, and what became of them. Written in the transaction of the change that causes them.
create table outbox (
    id           integer primary key autoincrement not null,
    -- Alarms have one of their own: nothing else keeps them waiting.
    queue        text not null check (queue in ('alarm', 'mail')),
    -- Whom it concerns, and whose key seals it.
    owner_id     bigint not null references accounts (id) on delete cascade,
    message_id   text not null constraint outbox_message_id unique,
    letter       text not null,
    state        text not null check (state in ('queued', 'sending', 'accepted', 'refused')),
    -- Why the last try failed.
    failure      text,
    -- The number of the last try, and of the lease of whoever made it.
    attempts     bigint not null,
    queued_at    timestamp not null,
    attempted_at timestamp,
    -- When to try next; while it is sent, when the lease ends.
    due_at       timestamp not null,
    finished_at  timestamp
);
create index outbox_due on outbox (queue, due_at, id) where finished_at is null;
-- For a clock that was set back: what was tried in its future is due.
create index outbox_attempted on outbox (queue, attempted_at) where finished_at is null;
create index outbox_of_owner on outbox (owner_id);
-- How many of one owner are being sent.
create index outbox_sending on outbox (owner_id) where state = 'sending';
