-- Back to the sentences, with the names that the arguments keep.
drop index notifications_of_owner;
alter table notifications add column message text not null default '';
with wordings (code, argument, head, tail) as (values
    ('link_requested', 'patient', 'Новый запрос на прикрепление от ', ''),
    ('link_accepted', 'doctor', 'Доктор ', ' принял заявку.'),
    ('link_rejected', 'doctor', 'Доктор ', ' отклонил заявку.'),
    ('record_created', 'patient', 'Новая запись от ', ''),
    ('prescription_created', null, 'Доступны новые рекомендации по лечению.', ''),
    ('prescription_changed', null, 'Доктор изменил ваши рекомендации по лечению.', ''),
    ('diagnosis_created', 'doctor', 'Доктор ', ' поставил новый диагноз.'),
    ('diagnosis_changed', 'doctor', 'Доктор ', ' изменил ваш диагноз.'),
    ('text', 'text', '', '')
)
update notifications set message = head || coalesce(json_extract(args, '$.' || argument), '') || tail
from wordings
where wordings.code = notifications.code;
alter table notifications drop column args;
alter table notifications drop column code;
create index notifications_of_owner on notifications (owner_id, id, message, is_read, created_at);
