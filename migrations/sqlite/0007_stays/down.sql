drop table socket_tickets;
drop table access;
