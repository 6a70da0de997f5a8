-- When each account erased what it and the model had said: what was said before and answered after is not stored.
create table assistant_erasures (
    owner_id  bigint primary key not null references accounts (id) on delete cascade,
    erased_at timestamp not null
);
