-- Unread counts are no longer kept between nodes: to count them costs less than to keep them right
-- (docs/decisions/0004-unread-count.md).
alter table house drop column cache_epoch;
