-- Which house this is. Caches that several houses share keep their keys apart by it.
create table house (
    name text primary key
);
insert into house (name) values (replace(gen_random_uuid()::text, '-', ''));
