drop table messages;
drop table conversations;
drop table support_desk;
