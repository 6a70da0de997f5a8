-- What users and the model have said: the seed's ChatSession (of the type `gpt`) and ChatMessage.
create table assistant_sessions (
    id         integer primary key autoincrement not null,
    owner_id   bigint not null references accounts (id) on delete cascade,
    started_at timestamp not null,
    -- Of its last message.
    last_at    timestamp not null,
    -- Null: it goes on, unless its last message is long ago.
    ended_at   timestamp
);
-- One of each user goes on.
create unique index assistant_sessions_open on assistant_sessions (owner_id) where ended_at is null;
create index assistant_sessions_of_owner on assistant_sessions (owner_id);

create table assistant_messages (
    id         integer primary key autoincrement not null,
    session_id bigint not null references assistant_sessions (id) on delete cascade,
    owner_id   bigint not null references accounts (id) on delete cascade,
    sender     text not null check (sender in ('user', 'gpt', 'system')),
    message    text not null,
    sent_at    timestamp not null,
    -- Whether it goes along with the next message to the model.
    is_context boolean not null,
    -- Why we said something.
    screen     text check (screen in ('danger', 'worry', 'harmful')),
    -- Of an answer of the model's: its name, milliseconds, and tokens of question and answer.
    model      text,
    took       bigint,
    tokens     bigint
);
create index assistant_messages_of_owner on assistant_messages (owner_id, id);
create index assistant_messages_of_session on assistant_messages (session_id, id);
-- For the job that erases old ones.
create index assistant_messages_sent on assistant_messages (sent_at);
create index assistant_messages_danger on assistant_messages (owner_id, sent_at) where screen = 'danger';

-- What each account has asked of the model in an hour: not deleted with its messages, or erasing would be a way around the limits.
create table assistant_usage (
    owner_id bigint not null references accounts (id) on delete cascade,
    -- Its beginning.
    hour     timestamp not null,
    messages bigint not null,
    tokens   bigint not null,
    primary key (owner_id, hour)
);
create index assistant_usage_hour on assistant_usage (hour);

-- Who has agreed that what they write may go to a model.
create table assistant_agreements (
    owner_id  bigint primary key not null references accounts (id) on delete cascade,
    agreed_at timestamp not null
);
