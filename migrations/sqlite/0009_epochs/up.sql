-- What is known of who holds a token may be kept in memory for as long as neither of these moves. The database itself
-- moves them, so that nobody can forget to: no adapter, no operator with a shell.
-- epoch: a session ended, or what an account may do has changed. people: somebody's profile has changed.
alter table access add column people bigint not null default 0;

create trigger a_session_ends after delete on sessions
begin
    update access set epoch = epoch + 1;
end;
create trigger a_session_is_replaced after update of account_id, token_hash on sessions
    when (old.account_id, old.token_hash) <> (new.account_id, new.token_hash)
begin
    update access set epoch = epoch + 1;
end;
-- The id too: SQLite's own shell keeps no foreign keys unless it is told to.
create trigger a_standing_changes after update of id, is_doctor, is_patient, is_staff, is_active on accounts
    when (old.id, old.is_doctor, old.is_patient, old.is_staff, old.is_active)
        <> (new.id, new.is_doctor, new.is_patient, new.is_staff, new.is_active)
begin
    update access set epoch = epoch + 1;
end;
create trigger an_account_ends after delete on accounts
begin
    update access set epoch = epoch + 1;
end;
-- REPLACE asks no trigger of the rows that it deletes.
create trigger an_account_is_written_over before insert on accounts
    when exists (select 1 from accounts
        where id = new.id or username = new.username or email_key = new.email_key)
begin
    update access set epoch = epoch + 1;
end;
-- A sign-in that finds a session comes by here too, and ends none: nobody who stays has to be looked at for it.
create trigger a_session_is_written_over before insert on sessions
    when exists (select 1 from sessions where account_id = new.account_id or token_hash = new.token_hash)
begin
    update access set people = people + 1;
end;
create trigger a_profile_changes
    after update of username, email, first_name, last_name, father_name, sex, date_of_birth, phone_number on accounts
begin
    update access set people = people + 1;
end;
