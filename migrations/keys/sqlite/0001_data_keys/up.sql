-- Of which database these keys are. One row, from the first start on.
create table installation (name text primary key not null);

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
