-- Somebody asks for a new password. Whether anybody has the address is looked up after they were answered.
create table password_reset_requests (
    id           integer primary key autoincrement not null,
    -- As in accounts.
    email_key    text not null,
    -- Where the link leads.
    origin       text not null,
    requested_at timestamp not null
);

-- Links that give an account another password. Kept for half an hour, used or not: so the letters of an account are counted.
create table password_resets (
    token_hash text primary key not null,
    account_id bigint not null references accounts (id) on delete cascade,
    -- Used, or void: the account has another password or address.
    spent      boolean not null,
    expires_at timestamp not null,
    created_at timestamp not null
);
create index password_resets_of_account on password_resets (account_id, created_at);
create index password_resets_created on password_resets (created_at);

-- Which letters an account wants. No row: the defaults.
create table mail_settings (
    owner_id          bigint primary key not null references accounts (id) on delete cascade,
    -- How often a letter lists what was not read.
    digest            text not null check (digest in ('off', 'daily', 'weekly')),
    -- Whether reminders of appointments are sent.
    appointments      boolean not null,
    next_digest_at    timestamp,
    -- The newest notification of which a digest has told.
    told_until        bigint not null,
    -- Where links in digests lead when the operator names no address: where they were turned on.
    origin            text,
    -- The link that turns digests off is made of it, the same in each letter.
    unsubscribe_nonce text not null,
    unsubscribe_hash  text not null constraint mail_settings_unsubscribe unique
);
create index mail_settings_due on mail_settings (next_digest_at) where next_digest_at is not null;
