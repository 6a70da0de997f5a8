drop trigger a_profile_changes;
drop trigger a_standing_changes;
drop trigger a_session_is_replaced;
drop trigger a_session_ends;
alter table access drop column people;
