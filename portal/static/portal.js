// Everything works without this; it only keeps a hand from pressing twice and asks before what cannot be undone.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 10000);
  }
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
// Space ticks a row already; one box more ticks them all.
for (const bar of document.querySelectorAll(".with-ticked")) {
  const boxes = () => [...bar.closest("form").elements].filter((each) => each.type === "checkbox" && !each.closest(".dropped"));
  const all = document.createElement("button");
  all.type = "button";
  all.className = "quiet";
  all.textContent = document.documentElement.lang === "en" ? "Tick all" : "Đánh dấu tất cả";
  all.addEventListener("click", () => {
    const wanted = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = wanted;
  });
  bar.prepend(all);
}
// A field of several offices or subtasks takes one more by name, with what the browser suggests.
for (const area of document.querySelectorAll("textarea.offices")) {
  const line = document.createElement("p");
  const field = document.createElement("input");
  const add = document.createElement("button");
  const ofSubtasks = area.classList.contains("subtasks");
  const [vi, en] = ofSubtasks ? ["Thêm nhiệm vụ", "Add a subtask"] : ["Thêm cơ quan", "Add an office"];
  const label = document.documentElement.lang === "en" ? en : vi;
  line.className = "one-office";
  field.setAttribute("list", ofSubtasks ? "subtask-names" : "office-names");
  field.setAttribute("aria-label", label);
  field.placeholder = label;
  add.type = "button";
  add.textContent = "+";
  add.setAttribute("aria-label", label);
  const put = () => {
    const name = field.value.trim();
    if (name) area.value = area.value.trim() ? `${area.value.trim()}\n${name}` : name;
    area.rows = Math.max(1, area.value.split("\n").length);
    field.value = "";
  };
  add.addEventListener("click", put);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    put();
  });
  area.form.addEventListener("submit", put, true);
  line.append(field, add);
  area.after(line);
}
// A draft beside its text: what is pointed at lights up on both sides, keys go through the rows, a marked passage is added.
const correcting = document.querySelector(".correcting");
if (correcting) {
  const source = correcting.querySelector(".source");
  const rows = () => [...correcting.querySelectorAll(".task")];
  const of = (number) => correcting.querySelectorAll(`[data-row="${number}"]`);
  const light = (number, scroll) => {
    for (const each of correcting.querySelectorAll(".lit")) each.classList.remove("lit");
    for (const each of of(number)) each.classList.add("lit");
    const first = document.getElementById(`t${number}`);
    if (scroll && first && getComputedStyle(source).overflowY === "auto") {
      source.scrollTop += first.getBoundingClientRect().top - source.getBoundingClientRect().top - source.clientHeight / 3;
    }
  };
  const at = (node) => node instanceof Element && node.closest("[data-row]")?.dataset.row;
  correcting.addEventListener("mouseover", (event) => at(event.target) && light(at(event.target), false));
  correcting.addEventListener("focusin", (event) => at(event.target) && light(at(event.target), Boolean(event.target.closest(".task"))));
  const there = location.hash.match(/^#[rt](\d+)$/);
  if (there) light(there[1], true);
  const asked = new URLSearchParams(location.search).get("row");
  // Only then has the browser gone to the row that the address names, and taken the focus along.
  if (asked) addEventListener("load", () => requestAnimationFrame(() => correcting.querySelector("#refused, #f-title")?.focus({ preventScroll: true })));
  const keys = correcting.querySelector(".keys");
  if (keys) keys.hidden = false;
  const now = () => rows().find((row) => row.contains(document.activeElement)) ?? rows().find((row) => row.matches(".lit"));
  const go = (row) => {
    if (!row) return;
    (row.querySelector("input[type=checkbox]") ?? row).focus();
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=checkbox])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys) return;
    const list = rows();
    const row = now();
    const place = list.indexOf(row);
    const box = row?.querySelector("input[name=n]");
    const key = event.key.toLowerCase();
    if (key === "j") go(list[place + 1]);
    else if (key === "k") go(list[Math.max(place - 1, 0)]);
    else if (key === "x" && box) box.checked = !box.checked;
    else if (key === "e") row?.querySelector("a.edit")?.click();
    else if (key === "c" && box) {
      for (const each of document.querySelectorAll("input[name=n]:checked")) if (each !== box) each.checked = false;
      box.checked = true;
      document.querySelector("#bulk [value=confirm]").click();
    } else return;
    event.preventDefault();
  });
  const add = document.getElementById("add");
  const offer = document.createElement("button");
  offer.className = "plus marked";
  offer.setAttribute("form", "add");
  offer.name = "passage";
  offer.textContent = document.documentElement.lang === "en" ? "Add a task" : "Thêm nhiệm vụ";
  const offset = (node, inside) => {
    const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-at]");
    // Of the text's characters, which are not the browser's where one is written in two.
    return piece && String(Number(piece.dataset.at) + [...piece.textContent.slice(0, inside)].length);
  };
  document.addEventListener("selectionchange", () => {
    const marked = document.getSelection();
    if (!add || marked.isCollapsed || !source.contains(marked.anchorNode) || !source.contains(marked.focusNode)) {
      setTimeout(() => document.getSelection().isCollapsed && offer.remove(), 200);
      return;
    }
    const range = marked.getRangeAt(0);
    const ends = [offset(range.startContainer, range.startOffset), offset(range.endContainer, range.endOffset)];
    if (!ends[0] || !ends[1] || Number(ends[0]) >= Number(ends[1])) return;
    offer.value = ends.join("-");
    const box = range.getBoundingClientRect();
    offer.style.top = `${window.scrollY + box.bottom + 4}px`;
    offer.style.left = `${Math.max(8, window.scrollX + box.left)}px`;
    document.body.append(offer);
  });
}
// j and k step through the rows of a list, Enter opens, x ticks, a goes to the button that accepts; nothing is done by one key.
const rows = () => [...document.querySelectorAll("main .lean tbody tr, main li:has(> .card), main .card.ticked, main .lines li")];
const rowHere = () => rows().find((row) => row.contains(document.activeElement));
const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => {
    const box = rowHere()?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  },
  a: () => {
    const accept = document.querySelector("main [value=accept], main form[action$='/accept'] button");
    const box = rowHere()?.querySelector("input[type=checkbox]");
    if (box && accept?.form === box.form && !accept.form.querySelector("input[type=checkbox]:checked")) box.checked = true;
    accept?.focus();
  },
};
const step = (by) => {
  const all = rows();
  const next = all[Math.min(Math.max(all.indexOf(rowHere()) + by, 0), all.length - 1)];
  next?.querySelector("a[href]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (correcting || typing || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
// What is wider than the window is reached and moved by keys, too.
const reachable = () => {
  for (const wide of document.querySelectorAll(".scroll, .charts > .sheet")) {
    const moves = wide.scrollWidth > wide.clientWidth && !wide.querySelector("a[href], button, input, select, summary");
    if (moves) wide.tabIndex = 0;
    else if (!wide.hasAttribute("role")) wide.removeAttribute("tabindex");
  }
};
window.addEventListener("resize", reachable);
document.addEventListener("htmx:afterSettle", reachable);
reachable();
// The other language of a page keeps what is typed on it, and so does a session that ended before it was sent: after
// signing in again the page is as it was left, for whoever typed it: it goes once another visitor is there. What was not
// typed is as it is now; the hidden fields go along, by which the server tells that somebody has changed it since.
const visitor = document.documentElement.dataset.visitor ?? "";
const postForms = () => [...document.querySelectorAll("main form[method=post]")];
const isTick = (field) => field.type === "checkbox" || field.type === "radio";
const keptFields = (form) => [...form.elements].filter((each) => each.name && each.name !== "csrf" && !/^(file|submit|button|password|fieldset)$/.test(each.type));
const shownFirst = (select) => Math.max(0, [...select.options].findIndex((each) => each.defaultSelected));
const isTyped = (field) => {
  if (field.type === "hidden") return false;
  if (document.querySelector("#refused")) return true;
  if (field.options) return field.selectedIndex !== shownFirst(field);
  return isTick(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
};
const kept = (each) => [each.name, each.value, !isTick(each) || each.checked, isTyped(each)];
const held = () => postForms().map((form) => [form.getAttribute("action"), keptFields(form).map(kept)]);
document.querySelector(".self a[hreflang]")?.addEventListener("click", (event) => {
  const ask = document.documentElement.lang === "en" ? "The files chosen must be chosen again. Go on?" : "Các tệp đã chọn phải chọn lại. Tiếp tục?";
  const files = document.querySelectorAll("main input[type=file]");
  if ([...files].some((each) => each.files.length) && !window.confirm(ask)) {
    event.preventDefault();
    return;
  }
  const to = new URL(event.currentTarget.href).searchParams.get("to");
  sessionStorage.setItem("typed", JSON.stringify([visitor, to, held()]));
});
const lost = document.querySelector("details.lost") && sessionStorage.getItem("sent");
sessionStorage.removeItem("sent");
document.addEventListener("submit", () => sessionStorage.setItem("sent", JSON.stringify([visitor, location.pathname + location.search, held()])));
if (lost) {
  sessionStorage.setItem("typed", lost);
  const again = document.querySelector("main a[href='/sign-in']");
  if (again) again.href += `?to=${encodeURIComponent(JSON.parse(lost)[1])}`;
}
const [typedBy, typedOn, typedForms] = JSON.parse(sessionStorage.getItem("typed") ?? "[null, null, []]");
const isBack = !lost && typedBy === visitor && typedOn === location.pathname + location.search;
if (isBack || (visitor && typedBy !== visitor)) sessionStorage.removeItem("typed");
for (const form of isBack ? postForms() : []) {
  const place = typedForms.findIndex(([action]) => action === form.getAttribute("action"));
  const [[, values]] = place < 0 ? [[null, []]] : typedForms.splice(place, 1);
  if (!values.some(([, , , typed]) => typed)) continue;
  for (const field of keptFields(form)) {
    const at = values.findIndex(([name, value]) => name === field.name && (!isTick(field) || value === field.value));
    if (at < 0) continue;
    const [[, value, chosen, typed]] = values.splice(at, 1);
    if (!typed && field.type !== "hidden") continue;
    if (isTick(field) ? field.checked !== chosen : field.value !== value) field.closest("details")?.setAttribute("open", "");
    if (isTick(field)) field.checked = chosen;
    else field.value = value;
  }
}
