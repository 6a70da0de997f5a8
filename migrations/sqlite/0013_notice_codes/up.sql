-- A notification is a code with arguments; each family of clients words it (docs/decisions/0018-notices-are-codes.md). The
-- sentences stored so far name people as they were called then, and go on doing so. A sentence that nobody wrote like this
-- becomes the code `text`, and is told as it stands.
drop index notifications_of_owner;
-- SQLite adds no column without a default; no code is empty.
alter table notifications add column code text not null default '';
alter table notifications add column args text not null default '';
with wordings (code, argument, head, tail) as (values
    ('link_requested', 'patient', 'Новый запрос на прикрепление от ', ''),
    ('link_accepted', 'doctor', 'Доктор ', ' принял заявку.'),
    ('link_rejected', 'doctor', 'Доктор ', ' отклонил заявку.'),
    ('record_created', 'patient', 'Новая запись от ', ''),
    ('prescription_created', null, 'Доступны новые рекомендации по лечению.', ''),
    ('prescription_changed', null, 'Доктор изменил ваши рекомендации по лечению.', ''),
    ('diagnosis_created', 'doctor', 'Доктор ', ' поставил новый диагноз.'),
    ('diagnosis_changed', 'doctor', 'Доктор ', ' изменил ваш диагноз.')
)
update notifications set
    code = wordings.code,
    args = case when argument is null then '{}' else
        json_object(argument, substr(message, length(head) + 1, length(message) - length(head) - length(tail)))
    end
from wordings
where case when argument is null then message = head else message like head || '%' || tail end;
update notifications set code = 'text', args = json_object('text', message) where code = '';
alter table notifications drop column message;
create index notifications_of_owner on notifications (owner_id, id, code, args, is_read, created_at);
