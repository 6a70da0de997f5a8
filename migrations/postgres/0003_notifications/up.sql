create table notifications (
    id         bigint generated always as identity primary key,
    owner_id   bigint not null references accounts (id) on delete cascade,
    message    text not null,
    is_read    boolean not null,
    created_at timestamp not null
);
create index notifications_of_owner on notifications (owner_id, id);
create index notifications_unread on notifications (owner_id) where not is_read;
