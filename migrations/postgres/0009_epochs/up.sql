-- What is known of who holds a token may be kept in memory for as long as neither of these moves. The database itself
-- moves them, so that nobody can forget to: no adapter, no operator with a shell.
-- epoch: a session ended, or what an account may do has changed. people: somebody's profile has changed.
alter table access add column people bigint not null default 0;

-- Of the house whose table it is, wherever the names of whoever changes it would be looked for.
create function access_changes() returns trigger language plpgsql as $$
begin
    execute format('update %I.access set epoch = epoch + 1', tg_table_schema);
    return null;
end
$$;
create function people_change() returns trigger language plpgsql as $$
begin
    execute format('update %I.access set people = people + 1', tg_table_schema);
    return null;
end
$$;
create trigger a_session_ends after delete on sessions
    for each row execute function access_changes();
-- Asks no row trigger.
create trigger all_sessions_end after truncate on sessions
    for each statement execute function access_changes();
create trigger a_session_is_replaced after update of account_id, token_hash on sessions
    for each row when ((old.account_id, old.token_hash) is distinct from (new.account_id, new.token_hash))
    execute function access_changes();
create trigger a_standing_changes after update of is_doctor, is_patient, is_staff, is_active on accounts
    for each row when ((old.is_doctor, old.is_patient, old.is_staff, old.is_active)
        is distinct from (new.is_doctor, new.is_patient, new.is_staff, new.is_active))
    execute function access_changes();
create trigger a_profile_changes
    after update of username, email, first_name, last_name, father_name, sex, date_of_birth, phone_number on accounts
    for each row execute function people_change();
