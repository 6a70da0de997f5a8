-- Fails where a text is sealed: SQL has no keys.
alter table messages alter column body type text using convert_from(body, 'UTF8');
alter table clinical_entries
    alter column text type text using convert_from(text, 'UTF8'),
    alter column details type text using convert_from(details, 'UTF8');
alter table notes
    alter column title type text using convert_from(title, 'UTF8'),
    alter column body type text using convert_from(body, 'UTF8');
alter table records alter column description type text using convert_from(description, 'UTF8');
alter table records alter column id set generated always;
alter table notes alter column id set generated always;
alter table clinical_entries alter column id set generated always;
