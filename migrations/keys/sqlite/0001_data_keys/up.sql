-- Of which database these keys are. One row, from the first start on.
create table installation (
    id   integer primary key not null check (id = 1),
    name text not null
);

-- One key for each person, under which their sensitive texts are encrypted. Wrapped: encrypted under one of ENCRYPTION_KEYS.
create table data_keys (
    person_id bigint not null,
    number    integer not null,
    ring_key  text not null,
    wrapped   blob not null,
    primary key (person_id, number)
) without rowid;
-- Which of ENCRYPTION_KEYS are in use.
create index data_keys_of_ring_key on data_keys (ring_key);

-- How far the texts are sealed that were stored before their column was sealed. Here and not beside the data: who could write
-- it might have the server seal texts that it has not written.
create table sealing (
    column_name text primary key not null,
    -- The row done last: its id, or the two parts of its key.
    row_a       bigint not null,
    row_b       bigint not null,
    done        boolean not null
) without rowid;
