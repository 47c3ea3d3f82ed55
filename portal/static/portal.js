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
  const boxes = () => bar.closest("form").querySelectorAll("input[type=checkbox]");
  const all = document.createElement("button");
  all.type = "button";
  all.className = "quiet";
  all.textContent = document.documentElement.lang === "en" ? "Tick all" : "Đánh dấu tất cả";
  all.addEventListener("click", () => {
    const wanted = [...boxes()].some((box) => !box.checked);
    for (const box of boxes()) box.checked = wanted;
  });
  bar.prepend(all);
}
// A field of several offices takes one more by name, with what the browser suggests.
for (const area of document.querySelectorAll("textarea.offices")) {
  const line = document.createElement("p");
  const field = document.createElement("input");
  const add = document.createElement("button");
  const label = document.documentElement.lang === "en" ? "Add an office" : "Thêm cơ quan";
  line.className = "one-office";
  field.setAttribute("list", "office-names");
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
