-- Which house this is. Caches that several houses share keep their keys apart by it.
create table house (
    name        text primary key not null,
    -- Moves when a change could not be told to the shared caches: whatever they hold of an older epoch is void.
    cache_epoch bigint not null default 0
);
insert into house (name) values (lower(hex(randomblob(16))));
