-- How far the sealing of texts that were stored before it has come, for each sealed column. Those columns are declared as
-- text and hold bytes: a column of this type converts none.
create table sealing (
    column_name text primary key not null,
    -- The row done last: its id, or the two parts of its key.
    row_a       bigint not null,
    row_b       bigint not null,
    done        boolean not null
) without rowid;
