-- No foreign keys: the trail outlives what it tells of.
create table audit_entries (
    id         integer primary key autoincrement not null,
    at         timestamp not null,
    actor_id   bigint,
    patient_id bigint not null,
    act        text not null,
    link_id    bigint,
    object_id  bigint
);
create index audit_entries_of_patient on audit_entries (patient_id, id);

create trigger audit_entries_are_never_changed before update on audit_entries
begin
    select raise(abort, 'audit entries are never changed');
end;
create trigger audit_entries_are_never_deleted before delete on audit_entries
begin
    select raise(abort, 'audit entries are never deleted');
end;
-- `insert or replace` deletes without asking the trigger above.
create trigger audit_entries_are_never_replaced before insert on audit_entries
    when exists (select 1 from audit_entries where id = new.id)
begin
    select raise(abort, 'audit entries are never replaced');
end;
