-- Columns of sealed text are declared as text and hold bytes: a column of this type converts none. Both databases count their
-- migrations alike.
select 1;
