-- autoincrement everywhere: an id that was given once is never given again, so that an old id in a client, a link or the
-- audit trail can never come to mean another thing.
create table accounts (
    id            integer primary key autoincrement not null,
    username      text not null unique,
    email         text not null,
    email_key     text not null unique,
    password      text not null,
    first_name    text not null,
    last_name     text not null,
    father_name   text not null,
    sex           text check (sex in ('M', 'F', '')),
    date_of_birth date,
    phone_number  text not null,
    is_doctor     boolean not null,
    is_patient    boolean not null,
    is_staff      boolean not null,
    is_active     boolean not null,
    created_at    timestamp not null
);

-- One per account. The token itself is derived and never stored.
create table sessions (
    account_id bigint primary key not null references accounts (id) on delete cascade,
    nonce      text not null,
    token_hash text not null unique,
    created_at timestamp not null
);
