create table links (
    id           integer primary key autoincrement not null,
    patient_id   bigint not null references accounts (id),
    doctor_id    bigint not null references accounts (id),
    status       text not null check (status in ('pending', 'accepted', 'rejected')),
    requested_at timestamp not null,
    answered_at  timestamp,
    constraint links_pair unique (patient_id, doctor_id),
    constraint links_answered check ((status = 'pending') = (answered_at is null)),
    constraint links_not_oneself check (patient_id <> doctor_id)
);
create index links_of_doctor on links (doctor_id, id);
-- For the job that removes them a day after the rejection.
create index links_rejected on links (answered_at) where status = 'rejected';

-- Prescriptions and diagnoses: alike in everything but name, at most one of each on a link.
create table clinical_entries (
    id          integer primary key autoincrement not null,
    kind        text not null check (kind in ('prescription', 'diagnosis')),
    link_id     bigint not null references links (id) on delete cascade,
    text        text not null,
    details     text not null,
    created_at  timestamp not null,
    modified_at timestamp not null,
    constraint clinical_entries_one_of_a_kind unique (link_id, kind)
);
