// Optional: pages work without it.
(function () {
  "use strict";

  // On a wide screen filters are open: in new browsers by CSS, in older ones by this.
  const filters = document.querySelector(".filters");
  if (filters && matchMedia("(min-width:60em)").matches) filters.open = true;

  // Suggestions while typing: the combobox of the WAI-ARIA Authoring Practices.
  const box = document.getElementById("q"), list = document.createElement("ul");
  if (!box || !window.AbortController) return;
  let at, timer, request = new AbortController();

  function set(element, attributes) {
    for (const name in attributes) element.setAttribute(name, attributes[name]);
  }

  function mark(number) {
    at = number;
    [...list.children].forEach((item, n) => set(item, {"aria-selected": n === at}));
    const item = list.children[at];
    if (!item) return box.removeAttribute("aria-activedescendant");
    set(box, {"aria-activedescendant": item.id});
    item.scrollIntoView({block: "nearest"});
  }

  function show(options) {
    list.textContent = "";
    options.forEach((option, n) => {
      const item = document.createElement("li");
      for (const [tag, text] of [["bdi", option.text], ["span", option.note]])
        item.appendChild(document.createElement(tag)).textContent = text;
      set(item, {role: "option", id: "sug" + n});
      list.append(item);
    });
    list.hidden = !options.length;
    set(box, {"aria-expanded": !list.hidden});
    mark(-1);
  }

  function close() {
    clearTimeout(timer);
    request.abort();
    show([]);
  }

  function ask() {
    request.abort();
    const {signal} = request = new AbortController();
    fetch(`${box.dataset.suggest}?${new URLSearchParams({q: box.value})}`, {signal})
      .then(answer => answer.ok ? answer.json() : [])
      .then(options => signal.aborted || show(options))
      .catch(() => {});  // the form needs no suggestions
  }

  function choose(item) {
    if (!item) return;
    box.value = item.firstChild.textContent;
    close();
    box.form.submit();
  }

  set(list, {id: "sug", class: "sug", role: "listbox", "aria-label": box.dataset.label});
  set(box, {role: "combobox", "aria-autocomplete": "list", "aria-controls": "sug"});
  box.after(list);
  show([]);

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  box.addEventListener("keydown", event => {
    const count = list.children.length, step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (event.isComposing) return;
    if (step && count) mark((at + 2 + step + count) % (count + 1) - 1);
    else if (step) ask();
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else if (event.key === "Escape" && count) close();
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("mousedown", event => event.preventDefault());  // keeps the focus
  list.addEventListener("click", event => choose(event.target.closest("li")));
}());
