-- Reference data, loaded from seeds/body_parts.json at every start.
create table body_parts (
    id          bigint primary key not null,
    name        text not null unique,
    translation text not null unique
);

create table records (
    id                integer primary key autoincrement not null,
    owner_id          bigint not null references accounts (id) on delete cascade,
    pain_type         text not null check (pain_type in ('burning', 'stabbing', 'cutting', 'throbbing')),
    intensity         bigint not null check (intensity between 0 and 10),
    description       text not null,
    took_prescription boolean not null,
    body_part_id      bigint not null references body_parts (id),
    recorded_at       timestamp not null,
    modified_at       timestamp not null
);
create index records_of_owner on records (owner_id, id);

create table notes (
    id          integer primary key autoincrement not null,
    owner_id    bigint not null references accounts (id) on delete cascade,
    title       text not null,
    body        text not null,
    created_at  timestamp not null,
    modified_at timestamp not null
);
create index notes_of_owner on notes (owner_id, id);
