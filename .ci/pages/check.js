// What must be true of every page in every state, at two widths and in two colour schemes.
import { mkdirSync } from "node:fs";
import axe from "axe-core";
import puppeteer from "puppeteer-core";
import { link } from "./letters.js";
import { patient, STATES } from "./states.js";

const { CAREBASE_URL, CHROMIUM, MAIL_DIR, PAGES_SCREENSHOTS, PTSD_LANGUAGE: language } = process.env;
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const BUTTON_HEIGHT = 44;

let views = 0;
let complaints = 0;
function complain(where, what) {
  complaints += 1;
  console.log(`${where}: ${what}`);
}

/** A tab that complains of what it hears while it is open. */
async function tab(browser, where, { width, scheme, javaScript = true, status = 200 }) {
  // A context of its own: what one page left behind changes no other.
  const page = await (await browser.createBrowserContext()).newPage();
  await page.setViewport({ width, height: 800, isMobile: width < 500, hasTouch: width < 500 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(javaScript);
  page.on("request", (request) => {
    const { host, protocol } = new URL(request.url());
    if (host !== new URL(CAREBASE_URL).host && protocol !== "data:") complain(where, `asks another host: ${request.url()}`);
  });
  page.on("console", (message) => {
    // Chromium calls it an error that the page itself is a 404.
    const ofThePage = status !== 200 && message.location().url === page.url();
    if (message.type() === "error" && !ofThePage) complain(where, `console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(where, `script: ${error.message}`));
  return page;
}

/** Looks at what the tab shows now. */
async function inspect(page, where, title) {
  views += 1;
  const seen = await page.evaluate(() => ({
    title: document.title,
    heading: document.querySelector("h1")?.textContent,
    language: document.documentElement.lang,
    scrollWidth: document.documentElement.scrollWidth,
    width: document.documentElement.clientWidth,
    buttons: [...document.querySelectorAll("button")].map((button) => button.getBoundingClientRect().height),
  }));
  if (seen.title !== title) complain(where, `the title is "${seen.title}" and not "${title}"`);
  if (seen.heading !== title) complain(where, `the heading is "${seen.heading}" and not "${title}"`);
  if (seen.language !== language) complain(where, `lang is "${seen.language}" and not "${language}"`);
  if (seen.scrollWidth > seen.width) complain(where, `scrolls sideways: ${seen.scrollWidth} px in ${seen.width}`);
  for (const height of seen.buttons) if (height < BUTTON_HEIGHT) complain(where, `a button is ${height} px high`);
  if (PAGES_SCREENSHOTS) {
    const folder = `${PAGES_SCREENSHOTS}/${language}`;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: `${folder}/${where.split(" ").slice(1).join("-")}.png` });
  }
  // The debugger's scripts are under no policy of the page: nothing of that is turned off for this.
  await page.setJavaScriptEnabled(true);
  await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate(() => globalThis.axe.run());
  // Contrast that it cannot tell is as bad: it takes the paper for white where no style says what it is.
  const untold = incomplete.filter(({ id }) => id === "color-contrast");
  for (const { id, impact, help, nodes } of [...violations, ...untold]) {
    if (!["serious", "critical"].includes(impact)) continue;
    complain(where, `axe: ${id} (${impact}): ${help}: ${nodes.map((node) => node.target).join(", ")}`);
  }
}

/** Goes on by Tab, and complains if nobody could see where that led. */
async function tabOn(page, where, expected) {
  const before = await page.screenshot();
  await page.keyboard.press("Tab");
  const { name, style, width } = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return { name: document.activeElement.localName, style: outlineStyle, width: parseFloat(outlineWidth) };
  });
  if (name !== expected) complain(where, `Tab leads to <${name}> and not to <${expected}>`);
  const outlined = style !== "none" && width >= 2;
  if (!outlined || Buffer.compare(before, await page.screenshot()) === 0) complain(where, `no visible focus on <${name}>`);
}

/** Does what the page is for, by keyboard alone and without script. */
async function act(browser, url, state, scheme) {
  const where = `${language} ${state.name} done by keyboard`;
  const { types = [], button, says, status = 200 } = state.act;
  const page = await tab(browser, where, { width: 390, scheme, javaScript: false, status });
  await page.goto(url);
  for (const text of types) {
    await tabOn(page, where, "input");
    await page.keyboard.type(text);
  }
  for (let tabs = 0; tabs <= button; tabs += 1) await tabOn(page, where, "button");
  const [answer] = await Promise.all([page.waitForNavigation({ timeout: 10_000 }), page.keyboard.press("Enter")]);
  if (answer.status() !== status) complain(where, `the button is answered with ${answer.status()} and not ${status}`);
  await inspect(page, where, says[language]);
  await page.browserContext().close();
}

async function check(browser, sarah, state) {
  const { status = 200, title } = state;
  await state.first?.(sarah);
  const url = state.letter ? await link(MAIL_DIR, ...state.letter) : CAREBASE_URL + state.path;
  for (const width of WIDTHS) {
    for (const scheme of SCHEMES) {
      const where = `${language} ${state.name} ${width} ${scheme}`;
      const page = await tab(browser, where, { width, scheme, status });
      const answer = await page.goto(url);
      if (answer.status() !== status) complain(where, `answered with ${answer.status()} and not ${status}`);
      await inspect(page, where, title[language]);
      const first = await page.evaluate(() => document.querySelector("input, button")?.localName);
      if (first) await tabOn(page, where, first);
      await page.browserContext().close();
    }
  }
  if (state.fact) {
    const fact = await state.fact(sarah);
    if (fact !== state.is) complain(`${language} ${state.name}`, `the patient sees "${fact}" and not "${state.is}"`);
  }
  if (state.act) await act(browser, url, state, "dark");
}

const browser = await puppeteer.launch({
  executablePath: CHROMIUM,
  protocolTimeout: 30_000,
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
let where = `${language} beforehand`;
try {
  const sarah = await patient(CAREBASE_URL);
  for (const state of STATES) {
    where = `${language} ${state.name}`;
    await check(browser, sarah, state);
  }
} catch (error) {
  // What follows would only follow from it.
  complain(where, error.message);
} finally {
  await browser.close();
}
console.log(`${language}: ${views} pages looked at, ${complaints} complaints`);
process.exitCode = complaints > 0 ? 1 : 0;
