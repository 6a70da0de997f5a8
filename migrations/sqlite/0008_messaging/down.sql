drop table messages;
drop table conversations;
alter table house drop column last_desk_seq;
