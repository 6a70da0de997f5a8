-- What one person's list shows stands together. In the tables it lies between everybody else's rows: a page for each row, and
-- the more people, the fewer of the pages at hand (measured: 100 times the people made a diary 1.6 times as dear).
drop index records_of_owner;
create index records_of_owner on records
    (owner_id, id, pain_type, intensity, description, took_prescription, body_part_id, recorded_at, modified_at);
drop index notifications_of_owner;
create index notifications_of_owner on notifications (owner_id, id, message, is_read, created_at);
