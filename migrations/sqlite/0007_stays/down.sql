drop table socket_tickets;
alter table house drop column access_epoch;
