drop trigger a_profile_changes;
drop trigger a_session_is_written_over;
drop trigger an_account_is_written_over;
drop trigger an_account_ends;
drop trigger a_standing_changes;
drop trigger a_session_is_replaced;
drop trigger a_session_ends;
alter table access drop column people;
