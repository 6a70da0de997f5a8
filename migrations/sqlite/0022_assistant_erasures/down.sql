drop table assistant_erasures;
