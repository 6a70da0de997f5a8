drop trigger a_profile_changes on accounts;
drop trigger a_standing_changes on accounts;
drop trigger a_session_is_replaced on sessions;
drop trigger all_sessions_end on sessions;
drop trigger a_session_ends on sessions;
drop function people_change();
drop function access_changes();
alter table access drop column people;
