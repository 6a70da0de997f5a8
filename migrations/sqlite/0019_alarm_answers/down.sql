drop index therapists_unchecked;
alter table therapists drop column checked_at;
drop index emergency_contacts_unchecked;
alter table emergency_contacts drop column checked_at;
drop table refused_addresses;
drop table contact_consents;
create table old_alarm_letters (
    delivery_id  bigint primary key not null references outbox (id) on delete cascade,
    alarm_id     bigint not null references alarms (id) on delete cascade,
    contact_id   bigint,
    name         text not null,
    relationship text not null,
    told         boolean not null,
    constraint alarm_letters_recipient unique (alarm_id, contact_id)
);
insert into old_alarm_letters (delivery_id, alarm_id, contact_id, name, relationship, told)
    select delivery_id, alarm_id, contact_id, name, relationship, told from alarm_letters
    where kind = 'alarm' and round = 0 and channel = 'email';
drop table alarm_letters;
alter table old_alarm_letters rename to alarm_letters;
create unique index alarm_letters_therapist on alarm_letters (alarm_id) where contact_id is null;
create index alarm_letters_untold on alarm_letters (delivery_id) where not told;
drop index alarms_to_repeat;
alter table alarms drop column safe_at;
alter table alarms drop column answered_at;
alter table alarms drop column repeat_at;
alter table alarms drop column repeats;
alter table alarms drop column origin;
