// A patient and a doctor, through the client that openapi-typescript types from the API document: what it calls compiles, and
// what it hears is what the types say.
import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Registration = components["schemas"]["Registration"];

const baseUrl = process.env["CAREBASE_URL"];
assert(baseUrl, "CAREBASE_URL says where the server is");

function as(token?: string) {
  const headers: Record<string, string> = token ? { Authorization: `Token ${token}` } : {};
  return createClient<paths>({ baseUrl, headers });
}

/** The answer, of a call that must succeed. */
function good<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  assert(answer.response.ok, `${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data as T;
}

const guest = as();
const patientForm: Registration = {
  username: "ts-sarah",
  email: "ts-sarah@example.com",
  password: "no-fate-1984",
  sex: "F",
  date_of_birth: null,
};
const { token, user } = good(await guest.POST("/api/auth/register/", { body: patientForm }));
assert.deepEqual(user.groups, ["Patient"]);
assert.equal(user.date_of_birth, null);

const short = await guest.POST("/api/auth/register/", { body: { ...patientForm, password: "short" } });
assert.equal(short.response.status, 400);
assert(short.error && "password" in short.error);

// The script that runs this made the doctor's account.
const credentials = { username: "ts-house", password: process.env["DOCTOR_PASSWORD"] ?? "" };
const signedIn = good(await guest.POST("/api/auth/login/", { body: credentials }));
const patient = as(token);
const doctor = as(signedIn.token);

const parts = good(await patient.GET("/api/diary/bodyparts/"));
const part = parts.find((part) => part.name === "neck");
assert(part);
const record = good(
  await patient.POST("/api/diary/stats/", { body: { body_part: part.id, pain_type: "burning", intensity: 6 } }),
);
const changed = good(await patient.PATCH("/api/diary/stats/", { body: { stat_pk: record.id, intensity: 5 } }));
assert.equal(changed.intensity, 5);

good(await patient.POST("/api/diary/link_doc/", { body: { doc_username: "ts-house" } }));
good(await doctor.POST("/api/diary/doc_respond/", { body: { patient_id: user.id, action: "accept" } }));
const [link] = good(await doctor.GET("/api/diary/list_links/"));
assert(link && link.status === "accepted" && link.prescription === null);

const query = { link_id: link.id };
const prescribed = { link: link.id, prescription: "Ibuprofen 400 mg" };
good(await doctor.POST("/api/diary/prescription/", { params: { query }, body: prescribed }));
const [read] = good(await patient.GET("/api/diary/prescription/", { params: { query } }));
assert.equal(read?.prescription, "Ibuprofen 400 mg");
const records = good(await doctor.GET("/api/diary/stats/", { params: { query: { patient_id: user.id } } }));
assert.deepEqual(records.map((record) => record.intensity), [5]);

const [newest] = good(await patient.GET("/api/diary/notifications/"));
assert(newest && !newest.is_read);
good(await patient.PATCH("/api/diary/notifications/", { body: { notification_id: newest.id } }));
const { unread_count: unread } = good(await patient.GET("/api/diary/notifications/unread-count/"));
assert.equal(unread, 1);

const unknown = await patient.DELETE("/api/diary/notes/", { body: { note_pk: 1 } });
assert.equal(unknown.response.status, 404);
assert(unknown.error && "error" in unknown.error && unknown.error.error === "Note not found");
console.log("the TypeScript client's story is told");
