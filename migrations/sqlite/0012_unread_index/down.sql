drop index notifications_unread;
create index notifications_unread on notifications (owner_id) where not is_read;
