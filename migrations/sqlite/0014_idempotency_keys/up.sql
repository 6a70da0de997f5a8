-- Under which name of a client's something was made: sent again, the request finds it instead of making another one.
create table idempotency_keys (
    account_id  bigint not null references accounts (id) on delete cascade,
    -- Method and path.
    route       text not null,
    name        text not null,
    -- Keyed with the server's secret: a body may hold health data that a plain hash would give away.
    fingerprint text not null,
    -- Filled before the change that makes it is committed.
    object_id   bigint,
    at          timestamp not null,
    primary key (account_id, route, name)
);
create index idempotency_keys_old on idempotency_keys (at);
