// For pages of any site: forms that say what is wrong before they are sent, and visits of those who agreed to be known again.
// It keeps one number in this site's own storage, and only after somebody agreed. Without it every form is a plain form post.
"use strict";
(() => {
  const script = document.currentScript;
  const base = script.src.slice(0, script.src.indexOf("/static/sodate-site.js"));
  const KEY = "sodate";
  const isUntracked = navigator.globalPrivacyControl === true || navigator.doNotTrack === "1";

  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  };
  const keep = (what) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(what));
    } catch {
      // A browser that keeps nothing is asked again on the next page.
    }
  };
  const visitor = () => (isUntracked ? "" : (kept().visitor ?? ""));

  const send = (path, fields) =>
    fetch(base + path, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      credentials: "omit",
    });

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // Where this page is, and where its visitor came from: without what follows a question mark, but for what a link says of itself.
  const whence = () => {
    const said = new URLSearchParams(location.search);
    const utm = ["source", "medium", "campaign", "term", "content"].map((part) => `utm_${part}`).filter((name) => said.get(name));
    const fields = Object.fromEntries(utm.map((name) => [name, said.get(name)]));
    fields.page = location.origin + location.pathname;
    if (document.referrer && new URL(document.referrer).origin !== location.origin) {
      fields.referrer = document.referrer.split(/[?#]/)[0];
    }
    return fields;
  };

  const contentHere = () => {
    const last = decodeURI(location.pathname).split("/").filter(Boolean).pop() ?? "home";
    const named = script.dataset.content ?? last.replace(/\.\w+$/, "");
    return named.toLowerCase().replace(/[^a-z0-9_-]+/g, "_").replace(/^[^a-z]+/, "").slice(0, 48);
  };

  const view = async (content = contentHere()) => {
    if (!visitor() || !content) return;
    const said = { ...whence(), visitor: visitor(), content, medium: "site", language: document.documentElement.lang };
    const answer = await send("/visits", said).catch(() => null);
    if (answer?.status === 200) offer(await answer.json());
  };

  // Forms

  const put = (form, name, value) => {
    let field = form.querySelector(`[name="${name}"]`);
    if (field && field.type !== "hidden") return;
    if (!field) form.append((field = element("input", { type: "hidden", name })));
    field.value = value;
  };

  // What the site itself says of a field stays.
  const describe = (field, ...ids) => {
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("sodate-wrong"));
    if (others.length + ids.length) field.setAttribute("aria-describedby", [...others, ...ids].join(" "));
    else field.removeAttribute("aria-describedby");
  };
  const right = (form) => {
    form.querySelectorAll(".sodate-wrong").forEach((said) => said.remove());
    for (const field of form.elements) {
      field.removeAttribute("aria-invalid");
      describe(field);
    }
  };
  let marks = 0;
  const wrong = (form, problems) => {
    right(form);
    for (const { field, detail } of problems) {
      const found = [...form.elements].find((one) => one.name === field && one.type !== "hidden");
      const said = element("p", { className: "sodate-wrong wrong", id: `sodate-wrong-${++marks}` }, detail);
      if (found) {
        found.setAttribute("aria-invalid", "true");
        describe(found, said.id);
        (found.closest("label") ?? found).after(said);
      } else {
        said.setAttribute("role", "alert");
        form.prepend(said);
      }
    }
    form.querySelector('[aria-invalid="true"]')?.focus();
  };
  const isRight = (form) => {
    const found = [...form.elements].filter((field) => field.willValidate && !field.checkValidity());
    wrong(form, found.map((field) => ({ field: field.name, detail: field.validationMessage })));
    return !found.length;
  };

  const control = ({ name, label, type, autocomplete, longest, required, choices }, optional) => {
    const options = choices && [...(required ? [] : [["", ""]]), ...choices];
    const input = options
      ? element("select", { name, autocomplete }, ...options.map(([value, said]) => element("option", { value }, said)))
      : element("input", { name, type, autocomplete, maxLength: longest, required });
    return element("label", { className: "field" }, `${label} `, ...(required ? [] : [element("small", {}, optional), " "]), input);
  };

  // What is known already need not be asked for; whoever has begun to type is not disturbed.
  const ask = (form, said) => {
    const place = form.querySelector('[data-sodate="fields"]');
    if (!place || !said.asks || [...place.querySelectorAll("input, select")].some((field) => field.value)) return;
    place.replaceChildren(...said.fields.filter((field) => field.name !== "email").map((field) => control(field, said.optional)));
  };

  const thank = (form, said) => {
    if (said.thanks && !said.download) return location.assign(new URL(said.thanks, `${base}/`));
    const text = element("p", { className: "sodate-thanks", tabIndex: -1 }, said.text);
    text.setAttribute("role", "status");
    if (said.download) text.append(" ", element("a", { href: base + said.download }, said.download_text));
    form.replaceWith(text);
    text.focus();
    if (said.download) location.assign(base + said.download);
  };

  const post = async (form, path) => {
    for (let again = 0; ; again++) {
      const answer = await send(path, new FormData(form));
      const said = await answer.json();
      if (answer.ok) return thank(form, said);
      const problems = said.errors ?? [{ field: "", detail: said.detail ?? said.title }];
      // Too fast, or open for too long: nobody is bothered with that, it is sent once more.
      if (said.opened) put(form, "opened", said.opened);
      if (again || !problems.every((problem) => problem.field === "opened")) return wrong(form, problems);
    }
  };

  const enhance = (form, given) => {
    const path = new URL(form.getAttribute("action"), `${base}/`).pathname.replace(/^.*(?=\/forms\/)/, "");
    const language = form.closest("[lang]")?.lang ?? "";
    form.noValidate = true;
    const opened = given
      ? Promise.resolve(given)
      : send(`${path}/opened`, { language, visitor: visitor() })
          .then((answer) => (answer.ok ? answer.json() : null))
          .catch(() => null);
    const isReady = opened.then((said) => {
      if (!said) return;
      for (const [name, value] of Object.entries(said.hidden)) put(form, name, value);
      ask(form, said);
    });
    let isUnderWay = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isUnderWay || !isRight(form)) return;
      isUnderWay = true;
      await isReady;
      for (const [name, value] of Object.entries({ ...whence(), visitor: visitor() })) if (value) put(form, name, value);
      try {
        await post(form, path);
      } catch {
        HTMLFormElement.prototype.submit.call(form); // the plain way, when this one does not lead through
      }
      isUnderWay = false;
    });
  };

  // Offers

  const offer = ({ text, close, form: said }) => {
    const { contents } = said;
    const form = element("form", { method: "post", action: base + said.action });
    if (contents.length > 1) form.append(control({ name: "content", label: said.content, choices: contents, required: true }));
    else if (contents.length) put(form, "content", contents[0][0]);
    form.append(...said.fields.map((field) => control(field, said.optional)));
    if (said.consent) {
      const tick = element("input", { type: "checkbox", name: "consent", value: "yes" });
      form.append(element("label", { className: "tick" }, tick, element("span", {}, ` ${said.consent}`)));
    }
    const bait = element("input", { name: "website", tabIndex: -1, autocomplete: "off" });
    form.append(element("label", { hidden: true }, said.empty, bait), element("button", {}, said.send));
    const away = element("button", { type: "button", className: "quiet", autofocus: true }, close);
    const title = element("h2", { id: "sodate-offer-text" }, text);
    const dialog = element("dialog", { className: "sodate-offer" }, away, title, form);
    dialog.setAttribute("aria-labelledby", title.id);
    const place = { position: "fixed", inset: "auto 1.25rem 1.25rem auto", margin: "0", zIndex: "1000" };
    const size = { maxWidth: "min(26rem, calc(100vw - 2.5rem))", maxHeight: "calc(100vh - 2.5rem)", overflow: "auto" };
    Object.assign(dialog.style, place, size);
    away.addEventListener("click", () => dialog.remove());
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && dialog.remove());
    document.body.append(dialog);
    enhance(form, said);
    dialog.show();
  };

  // May this browser be known again?

  const asks = () => {
    const isOpen = !isUntracked && !kept().visitor && !kept().refused;
    document.querySelectorAll('[data-sodate="asks"]').forEach((question) => (question.hidden = !isOpen));
  };
  const agree = () => {
    if (isUntracked) return;
    const number = crypto.getRandomValues(new Uint8Array(16));
    if (!visitor()) keep({ visitor: [...number].map((byte) => byte.toString(16).padStart(2, "0")).join("") });
    asks();
    view();
  };
  const refuse = () => {
    const before = visitor();
    keep({ refused: true });
    asks();
    if (before) send("/visits/forget", { visitor: before }).catch(() => null);
  };

  window.sodate = Object.freeze({ agree, refuse, view });
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-sodate="agree"]')) agree();
    if (event.target.closest('[data-sodate="refuse"]')) refuse();
  });
  document.querySelectorAll('form[data-sodate="form"]').forEach((form) => enhance(form));
  asks();
  view();
})();
