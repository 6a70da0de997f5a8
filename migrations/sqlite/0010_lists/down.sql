drop index notifications_of_owner;
create index notifications_of_owner on notifications (owner_id, id);
drop index records_of_owner;
create index records_of_owner on records (owner_id, id);
