-- For SQLite only: PostgreSQL counts by its partial index as it is. Both databases count their migrations alike.
select 1;
