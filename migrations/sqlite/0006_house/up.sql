-- Which house this is. Caches that several houses share keep their keys apart by it.
create table house (
    name text primary key not null
);
insert into house (name) values (lower(hex(randomblob(16))));
