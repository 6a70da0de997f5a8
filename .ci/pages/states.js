// The story that brings every page into every state, as one patient lives it over the API.
const LONG_PLACE = "Nizhny Novgorod, https://maps.example.com/?q=56.32689172839405,44.00654910293847&share=telephone";
const IVAN = "ivan@example.com";
const PETR = "petr@example.com";

export async function patient(baseUrl) {
  let token;
  async function say(method, path, body) {
    const headers = { "Content-Type": "application/json", ...(token && { Authorization: `Token ${token}` }) };
    const said = await fetch(baseUrl + path, { method, headers, body: body && JSON.stringify(body) });
    if (!said.ok) throw new Error(`${said.status} to ${method} ${path}: ${await said.text()}`);
    return said.status === 204 ? undefined : said.json();
  }
  const account = { username: "sarah", email: "sarah@example.com", password: "no-fate-1984" };
  const names = { first_name: "Sarah", last_name: "Connor", phone_number: "+79001234567" };
  const registered = await say("POST", "/api/auth/register/", { ...account, ...names });
  ({ token } = registered);
  const { id } = registered.user;
  await say("PATCH", `/api/v1/user/edit/${id}/`, { scenario: 3, location: LONG_PLACE });
  const ivan = { name: "Ivan", phone: "1", email: IVAN, relationship: "Brother" };
  await say("PATCH", `/api/v1/user/edit/contact/${id}/`, ivan);
  await say("PUT", `/api/v1/user/create/therapist/${id}/`, { name: "Petr", phone: "2", email: PETR });
  return {
    pressAlarm: () => say("POST", `/api/v1/event/trigger/${id}/`, {}),
    isSafe: async () => say("POST", `/api/v1/event/alarms/${(await say("GET", "/api/v1/event/alarms/"))[0].id}/safe/`, {}),
    forgets: () => say("POST", "/api/auth/password-reset/", { email: account.email }),
    signsIn: () =>
      say("POST", "/api/auth/login/", { username: account.username, password: account.password }).then(
        () => "old password",
        () => "not the old password",
      ),
    consent: async () => (await say("GET", `/api/v1/user/contacts/${id}/`))[0].consent,
    answers: async () => {
      const [alarm] = await say("GET", "/api/v1/event/alarms/");
      const of = (answer) => (answer.answered_at ? "answered" : "open");
      return [alarm, ...alarm.recipients].map(of).join(" ");
    },
  };
}

// In this order: each state follows from what was done in the one before.
//   first   is done before the page is opened
//   letter  to whom, and the page that its link leads to; or a path
//   status  of the page, if it is not 200
//   title   in Russian and in English
//   fact    what the patient sees, which is `is` and stays so however often the page is opened
//   act     by keyboard: types into the fields in their order, then presses the button of this number (0 is the first);
//           the page that answers has the title `says`, and `status` if it is not 200
const consent = { letter: [IVAN, "/contact/"], fact: (sarah) => sarah.consent() };
const alarm = { letter: [IVAN, "/a/"], fact: (sarah) => sarah.answers() };
const agreed = { ru: "Вы согласились", en: "You have agreed" };
const refused = { ru: "Вы отказались", en: "You have refused" };
const open = { ru: "Тревога", en: "Alarm" };
const answered = { ru: "Спасибо, мы передали Ваш ответ", en: "Thank you, your answer was passed on" };
const over = { ru: "Тревога снята", en: "The alarm is over" };
const unknown = { title: { ru: "Ссылка не действует", en: "This link does not work" }, status: 404 };
const form = { ru: "Новый пароль", en: "A new password" };
const changed = { ru: "Пароль изменён", en: "The password was changed" };
const reset = { letter: ["sarah@example.com", "/reset/"], fact: (sarah) => sarah.signsIn(), is: "old password" };
const asked = { ru: "Стать экстренным контактом?", en: "Will you be an emergency contact?" };

export const STATES = [
  { name: "consent-unasked", ...consent, title: asked, is: "unconfirmed", act: { button: 1, says: refused } },
  { name: "consent-refused", ...consent, title: refused, is: "refused", act: { button: 0, says: agreed } },
  { name: "consent-agreed", ...consent, title: agreed, is: "confirmed" },
  {
    name: "alarm-open",
    ...alarm,
    first: (sarah) => sarah.pressAlarm(),
    title: open,
    is: "open open open",
    act: { button: 0, says: answered },
  },
  { name: "alarm-answered", ...alarm, title: answered, is: "answered answered open" },
  { name: "alarm-answered-by-another", ...alarm, letter: [PETR, "/a/"], title: open, is: "answered answered open" },
  { name: "alarm-over", ...alarm, first: (sarah) => sarah.isSafe(), title: over, is: "answered answered open" },
  { name: "alarm-unknown", path: `/a/${"0".repeat(40)}`, ...unknown },
  {
    name: "reset-differs",
    ...reset,
    first: (sarah) => sarah.forgets(),
    title: form,
    act: { types: ["a-new-vase-1", "another-vase-2"], button: 0, says: form, status: 400 },
  },
  { name: "reset", ...reset, title: form, act: { types: ["a-new-vase-1", "a-new-vase-1"], button: 0, says: changed } },
  { name: "reset-used", letter: ["sarah@example.com", "/reset/"], ...unknown },
  { name: "consent-unknown", path: `/contact/${"0".repeat(40)}`, ...unknown },
];
