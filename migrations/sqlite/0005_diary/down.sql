drop table notes;
drop table records;
drop table body_parts;
