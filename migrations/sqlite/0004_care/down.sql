drop table clinical_entries;
drop table links;
