// Search as one types. Without this script the page is whole; only the search box stays hidden.
"use strict";

const filter = document.getElementById("reference-filter");
const box = document.getElementById("reference-search");
const count = document.getElementById("reference-count");
const groups = document.querySelectorAll("[data-group]");
const entries = document.querySelectorAll("[data-search]");

function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of entries) {
    entry.hidden = !words.every((word) => entry.dataset.search.includes(word));
  }
  for (const group of groups) {
    group.hidden = !group.querySelector("[data-search]:not([hidden])");
  }
  const found = document.querySelectorAll("section[data-search]:not([hidden])").length;
  count.textContent = words.length === 0 ? "" : found === 1 ? "1 operation" : `${found} operations`;
}

function clear() {
  box.value = "";
  search();
}

function onKey(event) {
  if (event.key === "Escape" && box.value) {
    clear();
  } else if (event.key === "/" && event.target !== box && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
  }
}

// A link, or the Back button, may lead to a section that the search has hidden.
function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.closest("[hidden]")) {
    clear();
    target.scrollIntoView();
  }
}

filter.hidden = false;
box.addEventListener("input", search);
document.addEventListener("keydown", onKey);
window.addEventListener("hashchange", showTarget);
// A browser may keep what was typed over a reload.
search();
