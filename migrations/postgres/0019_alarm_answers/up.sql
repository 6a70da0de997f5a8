-- Where links lead in the letters of an alarm, when the operator does not say it.
alter table alarms add column origin text;
-- How often its letters were repeated, and when they will be next. Null: never again.
alter table alarms add column repeats bigint not null default 0;
alter table alarms add column repeat_at timestamp;
-- When the first recipient answered, and when its owner said that they are safe.
alter table alarms add column answered_at timestamp;
alter table alarms add column safe_at timestamp;
create index alarms_to_repeat on alarms (repeat_at) where repeat_at is not null;

-- Anew, for another key: a recipient has a message for each channel and each round.
create table new_alarm_letters (
    delivery_id  bigint primary key not null references outbox (id) on delete cascade,
    alarm_id     bigint not null references alarms (id) on delete cascade,
    -- An alarm, or that its owner is safe.
    kind         text not null check (kind in ('alarm', 'safe')),
    -- 0: of the press; then those of each repeat.
    round        bigint not null,
    channel      text not null check (channel in ('email', 'webhook')),
    -- Null: the therapist. A contact's id outlives the contact.
    contact_id   bigint,
    name         bytea not null,
    relationship bytea not null,
    -- Whether the holder of the address had not agreed.
    unconfirmed  boolean not null,
    -- Of the link by which the recipient answers.
    answer_hash  text constraint alarm_letters_answer unique,
    answered_at  timestamp,
    -- Whether there is nothing more to tell: it was accepted, or the user and the staff know that it was not.
    told         boolean not null,
    constraint alarm_letters_of_round unique (alarm_id, kind, round, channel, contact_id)
);
insert into new_alarm_letters
    (delivery_id, alarm_id, kind, round, channel, contact_id, name, relationship, unconfirmed, told)
    select delivery_id, alarm_id, 'alarm', 0, 'email', contact_id, name, relationship, false, told from alarm_letters;
drop table alarm_letters;
alter table new_alarm_letters rename to alarm_letters;
alter index new_alarm_letters_pkey rename to alarm_letters_pkey;
-- A null is equal to nothing in a unique constraint.
create unique index alarm_letters_therapist on alarm_letters (alarm_id, kind, round, channel) where contact_id is null;
-- For the job that tells of those that nobody has accepted.
create index alarm_letters_untold on alarm_letters (delivery_id) where not told;

-- Whether the holders of addresses agreed to be written to in alarms. A row for each address of each user.
create table contact_consents (
    owner_id     bigint not null references accounts (id) on delete cascade,
    address_hash text not null,
    -- Null: no letter has asked.
    asked_at     timestamp,
    -- Null: not yet.
    confirmed_at timestamp,
    -- Of the link by which they answer: it is made from the nonce again, and found by its hash.
    nonce        text not null,
    link_hash    text not null constraint contact_consents_link unique,
    created_at   timestamp not null,
    primary key (owner_id, address_hash)
);
create index contact_consents_of_address on contact_consents (address_hash);
-- To whom no alarm is ever sent, whoever names them.
create table refused_addresses (
    address_hash text primary key not null,
    refused_at   timestamp not null
);
-- When their address was last looked at, to ask its holder. Earlier than the last change: it is to be.
alter table emergency_contacts add column checked_at timestamp;
create index emergency_contacts_unchecked on emergency_contacts (id) where checked_at is null or checked_at < modified_at;
alter table therapists add column checked_at timestamp;
create index therapists_unchecked on therapists (owner_id) where checked_at is null or checked_at < modified_at;
