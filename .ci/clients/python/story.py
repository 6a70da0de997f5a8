"""A patient and a doctor, through the client that openapi-python-client makes from the API document: what it calls passes the
type checker, and what it hears is what the types say."""

import os
from typing import TypeVar

from carebase_client import AuthenticatedClient, Client
from carebase_client.api.accounts import login, profile, register
from carebase_client.api.care import (
    list_links,
    read_prescription,
    request_link,
    respond,
    write_prescription,
)
from carebase_client.api.notifications import list_notifications, mark_notification_read, unread_count
from carebase_client.api.pain_diary import body_parts, delete_note, edit_record, list_records, make_record
from carebase_client.models import (
    Answer,
    BodyPart,
    DoctorChoice,
    Error,
    FieldErrors,
    Group,
    Link,
    LinkAnswer,
    LinkStatus,
    Login,
    NewPrescription,
    NewRecord,
    NoteChoice,
    Notification,
    NotificationChange,
    PainType,
    Prescription,
    Record,
    RecordChange,
    Registration,
    Sex,
    SignedIn,
    UnreadCount,
    User,
)

T = TypeVar("T")


def good(kind: type[T], answer: object) -> T:
    """The answer, of a call that must succeed."""
    assert isinstance(answer, kind), answer
    return answer


def rows(kind: type[T], answer: object) -> list[T]:
    return [good(kind, row) for row in good(list, answer)]


def client(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=token, prefix="Token")


url = os.environ["CAREBASE_URL"]
guest = Client(base_url=url)
form = Registration(
    username="py-sarah", email="py-sarah@example.com", password="no-fate-1984", sex=Sex.F, date_of_birth=None
)
signed_in = good(SignedIn, register.sync(client=guest, body=form))
assert signed_in.user.groups == [Group.PATIENT] and signed_in.user.date_of_birth is None
short = Registration(username="py-kyle", email="py-kyle@example.com", password="short")
assert "password" in good(FieldErrors, register.sync(client=guest, body=short))

# The script that runs this made the doctor's account.
credentials = Login(username="py-house", password=os.environ["DOCTOR_PASSWORD"])
patient = client(signed_in.token)
doctor = client(good(SignedIn, login.sync(client=guest, body=credentials)).token)
sarah = good(User, profile.sync(client=patient))

neck = next(part for part in rows(BodyPart, body_parts.sync(client=patient)) if part.name == "neck")
new = NewRecord(body_part=neck.id, pain_type=PainType.BURNING, intensity=6)
record = good(Record, make_record.sync(client=patient, body=new))
change = RecordChange(stat_pk=record.id, intensity=5)
assert good(Record, edit_record.sync(client=patient, body=change)).intensity == 5

request_link.sync(client=patient, body=DoctorChoice(doc_username="py-house"))
respond.sync(client=doctor, body=LinkAnswer(patient_id=sarah.id, action=Answer.ACCEPT))
link = rows(Link, list_links.sync(client=doctor))[0]
assert link.status is LinkStatus.ACCEPTED and link.prescription is None

prescribed = NewPrescription(link=link.id, prescription="Ibuprofen 400 mg")
write_prescription.sync(client=doctor, body=prescribed, link_id=link.id)
read = rows(Prescription, read_prescription.sync(client=patient, link_id=link.id))
assert [one.prescription for one in read] == ["Ibuprofen 400 mg"]
seen = rows(Record, list_records.sync(client=doctor, patient_id=sarah.id))
assert [one.intensity for one in seen] == [5]

newest = rows(Notification, list_notifications.sync(client=patient))[0]
assert not newest.is_read
mark_notification_read.sync(client=patient, body=NotificationChange(notification_id=newest.id))
assert good(UnreadCount, unread_count.sync(client=patient)).unread_count == 1

unknown = good(Error, delete_note.sync(client=patient, body=NoteChoice(note_pk=1)))
assert unknown.error == "Note not found"
print("the Python client's story is told")
