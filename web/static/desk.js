// Has the list of tasks show what is new without a reload, and the page of a task say what became of it meanwhile.
// Without this script both are as they were when the page was opened.
"use strict";
(() => {
  const says = document.getElementById("news");
  if (!says?.dataset.news || !("EventSource" in window)) return;
  const news = new EventSource(says.dataset.news);
  addEventListener("pagehide", () => news.close());
  news.addEventListener("task", (event) => {
    const said = JSON.parse(event.data);
    says.hidden = !said;
    says.firstElementChild.textContent = said;
  });
})();
(() => {
  const desk = document.getElementById("desk");
  if (!desk || !("EventSource" in window)) return;
  const says = document.getElementById("news");
  let later = 0;

  async function look() {
    let page;
    try {
      const answer = await fetch(location.pathname + location.search.replace(/([?&])done=[^&]*&?/, "$1"), { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // the next news brings it
    }
    const fresh = page.getElementById("desk");
    if (!fresh || fresh.innerHTML === desk.innerHTML) return;
    const at = document.activeElement && desk.contains(document.activeElement) ? document.activeElement.id : "";
    const was = desk.dataset.open;
    desk.replaceChildren(...fresh.childNodes);
    desk.dataset.open = fresh.dataset.open;
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
    if (was !== desk.dataset.open) says.textContent = says.dataset.says.replace("{n}", desk.dataset.open);
  }

  const news = new EventSource(desk.dataset.news);
  news.addEventListener("tasks", () => {
    clearTimeout(later);
    later = setTimeout(look, 200 + 400 * Math.random()); // much at once is looked at once, and not by all pages together
  });
  addEventListener("pagehide", () => news.close());
})();
