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
