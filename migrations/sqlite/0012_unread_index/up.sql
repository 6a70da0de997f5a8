-- With the column of its condition: without it the query needs the table's rows, and SQLite takes the wide index of the list
-- instead (unread count: 18 % more CPU).
drop index notifications_unread;
create index notifications_unread on notifications (owner_id, is_read) where not is_read;
