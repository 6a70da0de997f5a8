alter table house add column cache_epoch bigint not null default 0;
