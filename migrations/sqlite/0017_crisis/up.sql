-- Reference data, loaded from seeds/ at every start where it is missing.
create table alarm_scenarios (
    id               bigint primary key not null,
    name             text not null,
    play_music       boolean not null,
    notify_contact   boolean not null,
    notify_therapist boolean not null
);
create table music_tracks (
    id   bigint primary key not null,
    name text not null,
    url  text not null
);

-- No row: an account with defaults.
create table crisis_profiles (
    owner_id              bigint primary key not null references accounts (id) on delete cascade,
    age                   bigint check (age between 0 and 150),
    location              text not null,
    military_status       boolean not null,
    ptsd_level            bigint check (ptsd_level between 1 and 5),
    music_id              bigint references music_tracks (id),
    -- Whether their therapist is told of alarms.
    has_therapist_contact boolean not null,
    scenario_id           bigint references alarm_scenarios (id),
    created_at            timestamp not null,
    modified_at           timestamp not null
);

create table emergency_contacts (
    id           integer primary key autoincrement not null,
    owner_id     bigint not null references accounts (id) on delete cascade,
    name         text not null,
    relationship text not null,
    phone        text not null,
    email        text not null,
    created_at   timestamp not null,
    modified_at  timestamp not null
);
create index emergency_contacts_of_owner on emergency_contacts (owner_id, id);

-- One for each user.
create table therapists (
    owner_id    bigint primary key not null references accounts (id) on delete cascade,
    name        text not null,
    phone       text not null,
    email       text not null,
    created_at  timestamp not null,
    modified_at timestamp not null
);

-- Each press of the button, with what is known of it: the seed's Alarm and its AlarmResult.
create table alarms (
    id                   integer primary key autoincrement not null,
    owner_id             bigint not null references accounts (id) on delete cascade,
    -- Null: none was chosen.
    scenario_id          bigint references alarm_scenarios (id),
    -- The press just before, whose letters stand for both.
    joined_to            bigint references alarms (id) on delete cascade,
    location             text not null,
    music_played         boolean not null,
    voice_message_played boolean not null,
    raised_at            timestamp not null,
    modified_at          timestamp not null
);
create index alarms_of_owner on alarms (owner_id, id);
create index alarms_joined on alarms (joined_to) where joined_to is not null;

-- To whom a letter of an alarm goes.
create table alarm_letters (
    delivery_id  bigint primary key not null references outbox (id) on delete cascade,
    alarm_id     bigint not null references alarms (id) on delete cascade,
    -- Null: the therapist. A contact's id outlives the contact.
    contact_id   bigint,
    name         text not null,
    relationship text not null,
    -- Whether there is nothing more to tell: it was accepted, or the user and the staff know that it was not.
    told         boolean not null,
    constraint alarm_letters_recipient unique (alarm_id, contact_id)
);
-- A null is equal to nothing in a unique constraint.
create unique index alarm_letters_therapist on alarm_letters (alarm_id) where contact_id is null;
-- For the job that tells of those that nobody has accepted.
create index alarm_letters_untold on alarm_letters (delivery_id) where not told;
