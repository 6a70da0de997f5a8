-- For SQLite only: PostgreSQL keeps pages at hand for all connections in one place. Both databases count their migrations alike.
select 1;
