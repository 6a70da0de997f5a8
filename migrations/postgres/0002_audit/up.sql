-- No foreign keys: the trail outlives what it tells of.
create table audit_entries (
    id         bigint generated always as identity primary key,
    at         timestamp not null,
    actor_id   bigint,
    patient_id bigint not null,
    act        text not null,
    link_id    bigint,
    object_id  bigint
);
create index audit_entries_of_patient on audit_entries (patient_id, id);

create function audit_entries_are_kept() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are never changed or deleted';
end
$$;
create trigger audit_entries_are_kept before update or delete or truncate on audit_entries
    for each statement execute function audit_entries_are_kept();
