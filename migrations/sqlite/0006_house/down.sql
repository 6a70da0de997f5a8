drop table house;
