drop table sealing;
drop table data_keys;
drop table installation;
