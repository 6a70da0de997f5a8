-- One row: the number that the last support message got at the desk.
create table support_desk (
    id       integer primary key check (id = 1),
    last_seq bigint not null
);
insert into support_desk (id, last_seq) values (1, 0);

-- Of two people; with oneself it is the support room, where the staff are the other side.
create table conversations (
    id            bigint generated always as identity primary key,
    low_id        bigint not null references accounts (id),
    high_id       bigint not null references accounts (id),
    started_at    timestamp not null,
    -- The last number given. Never goes back.
    last_seq      bigint not null,
    -- Up to here everything was deleted ...
    cleared_seq   bigint not null default 0,
    -- ... and up to here the texts are gone from this table too.
    erased_seq    bigint not null default 0,
    -- The staff's last answer, and whose it was. Support rooms only.
    answered_seq  bigint not null default 0,
    answered_by   bigint references accounts (id),
    constraint conversations_pair unique (low_id, high_id),
    constraint conversations_order check (low_id <= high_id),
    constraint conversations_marks check
        (erased_seq <= cleared_seq and cleared_seq <= last_seq and answered_seq <= last_seq)
);
create index conversations_of_high on conversations (high_id);
-- Support rooms that wait for an answer.
create index conversations_waiting on conversations (low_id) where low_id = high_id and last_seq > answered_seq;
-- For the job that removes deleted texts.
create index conversations_to_erase on conversations (id) where erased_seq < cleared_seq;

create table messages (
    conversation_id bigint not null references conversations (id),
    seq             bigint not null check (seq > 0),
    sender_id       bigint not null references accounts (id),
    from_staff      boolean not null,
    body            text not null,
    client_id       text,
    -- Among all support messages.
    desk_seq        bigint constraint messages_desk_seq unique,
    sent_at         timestamp not null,
    primary key (conversation_id, seq),
    -- Kept when the text is deleted: what is sent again after that is still the same message.
    constraint messages_client_id unique (sender_id, client_id)
);
