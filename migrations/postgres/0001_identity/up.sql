create table accounts (
    id            bigint generated always as identity primary key,
    username      text not null constraint accounts_username unique,
    email         text not null,
    email_key     text not null constraint accounts_email_key unique,
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
    account_id bigint primary key references accounts (id) on delete cascade,
    nonce      text not null,
    token_hash text not null unique,
    created_at timestamp not null
);
